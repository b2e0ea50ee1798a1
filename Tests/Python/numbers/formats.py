# Format specifications of numbers and strings.
def t(s):
    try:
        print(s, '->', repr(eval(s))[:80])
    except BaseException as e:
        print(s, '->', type(e).__name__, e)


for s in ["format(1.5,'.,n')","format(1.5,',n')","format(1,'.,d')","format('a','.,')","format('a','.1,')","format(1,'.3,d')","format(1.5,'.3,_f')","format(1.5,'.3_,f')","format(1.5,',_f')","format(1.5,'_,f')","format(1.5,'.__f')","format(1.5,'_')","format(1.5,'.,%')","format(1.5,'.,e')","format(1/3,'.9,e')","format(1/3,'.9,g')","format(1/3,'.,')","format(1/3,'.20,')","format(1,'.,b')","format(1,'.,c')","format(1<<70,'c')","format(55555,'c')","format(65,'5c')","format(65,'<5c')","format(65,'05c')","format(1.5,'x')","format(1,'\u20ac')","format(1,',\u20ac')","format(1,',\x01')","format('abc',' ')","format('abc','05')","format('abc','<05')","format('abc','.2')","format('abc','\u20ac^10')","format(5,'\u20ac=+10')","format(1234567,'012,')","format(1234567,'013,')","format(1234567,'014,')","format(1234567,'<014,')","format(0xabcdef1,'_x')","format(0xabcdef1,'#020_x')","format(0xabcdef1,'#020_X')","format(1.5,'010')","format(-1.5,'=10')","format(float('nan'),'010')","format(float('-inf'),'010,')","format(float('nan'),'+')","format(-0.0,'z')","format(-0.001,'z.1f')","format(1+2j,'10')","format(1+2j,'<12.3f')","format(0+2j,'')","format(-0.0+2j,'.3')","format(1+2j,'+.3')","format(1e10+2j,',')","format(1+2j,'^+20.2e')","format(1+2j,'*>20')","format(1j,'#')","format(1.0,'#.3g')","format(100.0,'#.0f')","format(1e22,'.0f')","format(2.5,'.0f')","format(1e16,'')","format(1e16,'n')","format(123456789.0,'n')","format(True,'d')","format(True,'')","format(True,'5')","format(True,'s')","format(1.5,'s')","format(1.5,'.2147483648f')","format(10,'.0')","format(1.5,'1_000')","format(1.5,'%')","format(0.12345,'.1%')","format(12,'#b')","format(-12,'#010b')","format(-12,'+#o')","format(12,' x')","format(3,'n')","format(1e300*1e10,'F')","format(3.0,'G')","format(1e-10,'G')","format('x',1)","format(1,1)","'{:{}}'.format(1,'>5')","format(1,'=')","format('','>3')","format(1,'\x00>3')","format(12345.678,'015,.2f')","format(12345.678,'_.1f')","format(1,'.')","format(1.0,'.')","format('s','.')","format(1,'z')","format(1,'_,')","format(1,',,')","format(1,'__')","format(1.0,'.,,')","format(1.0,'._,f')","format(1.0,'.,_f')","format(12345.0,',.,f')","format(1.23456789,'.,f')","format(1.23456789,'020.,f')"]:
    t(s)
count = 0
specs = ['']
for choices in (('', '<', '*^', '0='), ('', '+', ' '), ('', 'z'), ('', '#'), ('', '0', '12', '015'), ('', ',', '_'), ('', '.0', '.3', '.,', '.2_'),
                ('', 'd', 'f', 'e', 'g', 'G', 'x', '%', 'n', 'c', 's')):
    specs = [spec + choice for spec in specs for choice in choices]
for spec in specs:
    count += 1
    if count % 7:
        continue
    for value in (0, -1234567, 65, 3.14159265, -0.0, 1e22, float('nan'), 12345.678, 1 + 2j, 'text'):
        try:
            print(spec, value, repr(format(value, spec)))
        except Exception as e:
            print(spec, value, type(e).__name__, e)
