# binascii: every function with good and bad input.
import binascii as b
def t(f,*a,**k):
    try: print('ok',f(*a,**k))
    except BaseException as e: print(type(e).__name__,e)
for x in [b'',b'a',b'ab',b'abc',bytes(range(256)),bytearray(b'xyz'),'é','abc',5]:
    for f in (b.hexlify,b.unhexlify,b.b2a_base64,b.a2b_base64,b.b2a_uu,b.a2b_uu,b.b2a_qp,b.a2b_qp,b.crc32): t(f,x)
t(b.crc_hqx,b'abc',0); t(b.crc_hqx,b'abc',70000); t(b.crc32,b'abc',-1); t(b.crc32,b'abc',2**40)
t(b.hexlify,b'abcdef','-'); t(b.hexlify,b'abcdef',b':',2); t(b.hexlify,b'abcdefg',':',-3); t(b.hexlify,b'ab','xx'); t(b.hexlify,b'ab','é'); t(b.hexlify,b'ab',3);t(b.hexlify,b'abc','-',0);t(b.hexlify,b'abc','-',10)
t(b.unhexlify,'616263'); t(b.unhexlify,'61626'); t(b.unhexlify,'6x'); t(b.unhexlify,b'61 62')
t(b.b2a_base64,b'abc',newline=False); 
for s in ['YWJj','YWI=','YQ==','YW Jj\n','YQ','YQ=','Y','=YWJj','YWJj=','YWJj==','YWI=YWI=','Y@WJj','YWI==','YQ==\n','A===','AB=C','====','YQ=\n=', 'ab\xff','YWJjZ','YWJjZGU=x']:
    t(b.a2b_base64,s); t(b.a2b_base64,s.encode('latin1'),strict_mode=True)
t(b.b2a_uu,b'x'*45); t(b.b2a_uu,b'x'*46); t(b.b2a_uu,b'\0\0',backtick=True); t(b.b2a_uu,b'\0\0')
for s in [b'#86)C\n',b'#86)C',b'#86',b'"86)C',b' \n',b'#8\x80)C',b'!',b'#86)Cxx',b'#86)C    \n',b'`']: t(b.a2b_uu,s)
for s in [b'a=b',b'hello world \t\n',b'x'*100,b'caf\xe9\n',b'a b\t',b'.\n.x',b'_x y',b'a\r\nb\n',b'=',b' \n',b'a'*75+b' b',b'\n',b'a\rb']:
    for q in (0,1):
        for i in (0,1):
            for h in (0,1): t(b.b2a_qp,s,quotetabs=q,istext=i,header=h)
for s in [b'a=3Db',b'a=\nb',b'a= \nb',b'a=\r\nb',b'a_b',b'=4',b'=',b'=XY',b'=ab',b'a==',b'a= b']:
    t(b.a2b_qp,s); t(b.a2b_qp,s,header=True)
print(b.Error.__mro__,b.Incomplete.__mro__)
