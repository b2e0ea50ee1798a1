# utf-7 both ways, in pieces and ill-formed; the escapes of bytes.
import codecs,warnings
warnings.simplefilter('always')
def t(f):
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter('always')
        try: print(repr(f()),[(x.category.__name__,str(x.message)) for x in w])
        except BaseException as e: print(type(e).__name__,e,[(x.category.__name__,str(x.message)) for x in w])
D=codecs.escape_decode
for s in [b'',b'abc',rb'\n\r\t\a\b\f\v\\\'\"',b'a\\\nb',rb'\0\00\000\0001\377\400\777',rb'\x41\xfF',rb'\x',rb'\x4',rb'\x4g',b'abc\\',rb'\d',rb'a\zb\q',rb'\8']:
    for e in ('strict','replace','ignore','foo',None):
        t(lambda: D(s,e))
t(lambda: D('a\\né')); t(lambda: D(5)); t(lambda: D(bytearray(b'\\x41')))
for s in ['','abc','a+b','+','é','日本','a日b','日-','日a','\U0001f600','\ud800','~\\','hi\n\t','日1','a\0b','é/','é+','=()\'?!"#']:
    t(lambda: s.encode('utf-7')); 
    t(lambda: codecs.utf_7_encode(s))
for b in [b'',b'abc',b'+-',b'+AOk-',b'+AOk',b'+AOk.x',b'a+ZeVnLA-b',b'+2D3eAA-',b'+2D0-',b'+3gA-',b'+A-',b'+AO-',b'+\xff',b'\xff',b'+AOl-',b'+AOkx-',b'+@',b'+ZeVnLA',b'~\\',b'+AGEA-',b'+AAAA-',b'+AOk-+AOk-',b'+2D3eAN4A-',b'+IKwAYQ-']:
    for e in ('strict','replace','ignore'):
        t(lambda: b.decode('utf-7',e))
    for fin in (0,1): t(lambda: codecs.utf_7_decode(b,'strict',fin))
d=codecs.getincrementaldecoder('utf-7')(); print([d.decode(bytes([x])) for x in b'a+ZeVnLA-b+2D3eAA-'])
