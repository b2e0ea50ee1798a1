# unicodedata: every function for every character, compressed into hashes; names, forms, the database of Unicode 3.2, errors.
import unicodedata as u
import hashlib
def t(f):
    try: print(repr(f()))
    except BaseException as e: print(type(e).__name__,e)
old=u.ucd_3_2_0
POINTS=[*range(0x600),*range(0x600,0x3000,3),*range(0x3000,0x110000,97),*range(0xF900,0xFB20),*range(0x1D100,0x1D200),*range(0x2F800,0x2FA20,5),*range(0xAC00,0xAC40)]
for label, db in (('now',u),('old',old)):
    for name in 'category bidirectional combining mirrored east_asian_width decomposition'.split():
        f=getattr(db,name)
        print(label,name,hashlib.md5(''.join(f"{f(chr(c))}," for c in POINTS).encode()).hexdigest())
    for name in 'decimal digit numeric name'.split():
        f=getattr(db,name)
        print(label,name,hashlib.md5(''.join(f"{f(chr(c),None)}," for c in POINTS).encode()).hexdigest())
    for form in ('NFC','NFD','NFKC','NFKD'):
        print(label,form,hashlib.md5(','.join(db.normalize(form,chr(c)) for c in POINTS if not 0xd800<=c<0xe000).encode()).hexdigest())
        import random; r=random.Random(form); pool=[0x41,0x300,0x301,0x323,0x345,0x1100,0x1161,0x11a8,0xac00,0xac01,0xe9,0x1e9b,0xfb01,0x3b1,0x313,0x342,0x212b,0x2126,0xf900,0x1d15e,0x9c7,0x9be,0xdc0,0xfdfa,0x20,0x338,0x3d,0x05b8,0x05b7,0x3099,0x304b,0x1f600,0x2f868]
        for n in (2,3,5,20):
            h=hashlib.md5()
            for _ in range(300):
                s=''.join(chr(r.choice(pool)) for _ in range(n)); x=db.normalize(form,s); h.update((x+'|%s|'%db.is_normalized(form,s)).encode()); assert db.is_normalized(form,x)
            print(label,form,n,h.hexdigest())
for name in ['LATIN SMALL LETTER A','latin small letter a','HANGUL SYLLABLE GAG','CJK UNIFIED IDEOGRAPH-4E00','CJK UNIFIED IDEOGRAPH-20000','KEYCAP DIGIT ONE','Keycap Digit One','LATIN CAPITAL LETTER GHA','BELL','NULL','x','','TANGUT IDEOGRAPH-17000','ARABIC SEQUENCE YEH WITH HAMZA ABOVE WITH AE','\u1234','LINE FEED','a'*300]:
    t(lambda: u.lookup(name)); t(lambda: old.lookup(name))
for f in [lambda:u.name('\0'),lambda:u.name('ab'),lambda:u.name(5),lambda:u.name('\0','x'),lambda:u.decimal('a'),lambda:u.digit('a'),lambda:u.numeric('a'),lambda:u.decimal('a',5),lambda:u.digit('²'),lambda:u.numeric('½'),lambda:u.decimal('²'),lambda:u.category(''),lambda:u.category(),lambda:u.category('a','b'),lambda:u.normalize('x','a'),lambda:u.normalize('NFC',5),lambda:u.normalize(5,'a'),lambda:u.is_normalized('x','a'),lambda:u.is_normalized('NFC',''),lambda:u.normalize('NFC',''),lambda:u.lookup(5),lambda:u.lookup('é'),lambda:u.unidata_version,lambda:old.unidata_version,lambda:u.UCD(),lambda:type(old),lambda:u.decimal('٣'),lambda: u.numeric('\u4e00'),lambda:old.numeric('\u4e00',None),lambda:u.bidirectional('\u05d0'), lambda: u.mirrored('('), lambda: u.category('\ud800'), lambda: u.name('\ud800'), lambda: u.normalize('NFC','\ud800'), lambda: u.name('가'), lambda: old.name('\U0001f600'), lambda: old.lookup('GRINNING FACE'), lambda: u.is_normalized('NFC', 5)]:
    t(f)
s='abc'; print(u.normalize('NFC',s) is s, u.normalize('NFKD','héllo'), ascii(u.normalize('NFKD','ﬁ①Å')))
print([n for n in dir(u) if not n.startswith('_')])
import stringprep, encodings.idna
print('faß.de'.encode('idna'), 'bücher.example'.encode('idna'), b'xn--bcher-kva.example'.decode('idna'), stringprep.in_table_a1('\u0221'))
