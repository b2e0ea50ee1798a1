# Parsers of pyexpat: arguments, settings, errors, encodings, handlers that raise, declarations.
import pyexpat
from xml.parsers import expat
def t(f,*a,**k):
    try: print(repr(f(*a,**k)))
    except BaseException as e: print(type(e).__name__, e, getattr(e,'__dict__',None))
p=expat.ParserCreate()
for v in (1.5,-5,1<<64,None,'a',3): t(p.SetBillionLaughsAttackProtectionActivationThreshold,v)
for v in (float('nan'),.5,None,'a',3,float('inf')): t(p.SetBillionLaughsAttackProtectionMaximumAmplification,v)
s=p.ExternalEntityParserCreate(None)
t(s.SetBillionLaughsAttackProtectionActivationThreshold,3)
t(s.SetBillionLaughsAttackProtectionMaximumAmplification,3)
for n in ('intern','buffer_size','ErrorCode','StartElementHandler','buffer_text','ordered_attributes','nope','namespace_prefixes','buffer_used','specified_attributes'):
    t(delattr,p,n)
    t(setattr,p,n,'x')
    t(setattr,p,n,1<<70)
class B:
    def __bool__(self): raise OSError
t(setattr,p,'buffer_text',B())
t(setattr,p,'ordered_attributes',B())
t(setattr,p,'namespace_prefixes',B())
t(expat.ParserCreate,1); t(expat.ParserCreate,None,'xx'); t(expat.ParserCreate,None,None,3); t(expat.ParserCreate,'a\0b');t(expat.ParserCreate,None,'\0');t(expat.ParserCreate,None,'é')
t(expat.ParserCreate,None,None,{},3);t(expat.ParserCreate,x=3)
q=expat.ParserCreate(intern=None); print(q.intern)
d={}
q=expat.ParserCreate(intern=d); print(q.intern is d)
t(q.Parse,'\ud800'); t(q.Parse,3); t(q.Parse,b'<',1); print(q.ErrorCode,q.ErrorLineNumber,q.ErrorColumnNumber,q.ErrorByteIndex)
t(q.ParseFile,3)
class F:
    def __init__(s,v): s.v=v
    def read(s,n): return s.v
for v in ('x',bytes(5000),bytearray(b'<a/>')): t(expat.ParserCreate().ParseFile,F(v)) if not isinstance(v,bytearray) else None
t(q.SetBase,'x'); t(q.GetBase); t(q.SetBase,None); t(expat.ParserCreate().GetBase)
t(q.GetInputContext); t(q.SetParamEntityParsing,2);t(q.SetParamEntityParsing,'a'); t(q.UseForeignDTD,[])
q=expat.ParserCreate(); q.StartElementHandler=lambda n,a: t(q.GetInputContext)
t(q.Parse,b'<a>xx<b c="d"/></a>',True); t(q.Parse,b'',True); t(q.UseForeignDTD,True)
t(q.ExternalEntityParserCreate,1);t(q.ExternalEntityParserCreate,None,None)
t(expat.ErrorString,3);t(expat.ErrorString,300);t(expat.ErrorString,'a')
def err(*a): raise KeyError(1)
for enc in ('xyz','hex_codec','big5','undefined','cp037','utf-7','a\\0'):
    q=expat.ParserCreate(); t(q.Parse,b'<?xml version="1.0" encoding="%s"?>\n<root></root>'%enc.encode(),True)
    q=expat.ParserCreate(enc); t(q.Parse,b'<?xml version="1.0"?>\n<root></root>',True)
q=expat.ParserCreate(); q.NotStandaloneHandler=lambda: 1.5
t(q.Parse,b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "x"><a/>',True)
q=expat.ParserCreate(); q.NotStandaloneHandler=lambda: 0
t(q.Parse,b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "x"><a/>',True)
q=expat.ParserCreate(); q.ExternalEntityRefHandler=lambda *a: print(a) or 0
t(q.Parse,b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "x" [<!ENTITY e SYSTEM "f">]><a>&e;</a>',True)
q=expat.ParserCreate(); q.ExternalEntityRefHandler=lambda *a: 'x'
t(q.Parse,b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "x" [<!ENTITY e SYSTEM "f">]><a>&e;</a>',True)
q=expat.ParserCreate(namespace_separator=' '); q.namespace_prefixes=1; q.ordered_attributes=1; q.specified_attributes=1
q.StartElementHandler=lambda *a: print(a)
q.EndElementHandler=lambda *a: print(a)
q.DefaultHandler=lambda *a: print('D',a)
q.ElementDeclHandler=lambda *a: print('E',a)
q.AttlistDeclHandler=lambda *a: print('E',a)
t(q.Parse,b'<!DOCTYPE z [<!ELEMENT z (a|(b,c)*|d+)?><!ATTLIST z q CDATA "1">]><z xmlns:y="u" y:k="v&lt;" l="\xc3\xa9">te&#120;t<y:a/></z>',True)
q=expat.ParserCreate()
q.StartElementHandler=lambda n,a: (setattr(q,'CharacterDataHandler',None), setattr(q,'StartElementHandler',None))
q.CharacterDataHandler=print
t(q.Parse,b'<a>b<c/>d</a>',True)
print(q.StartElementHandler,q.CharacterDataHandler)
q=expat.ParserCreate(); q.StartElementHandler=err; q.EndElementHandler=print
t(q.Parse,b'<a>b<c/>d</a>',True); t(q.Parse,b'',True); print(q.StartElementHandler,q.EndElementHandler)
print(pyexpat.native_encoding, type(pyexpat.features), pyexpat.features[0], pyexpat.errors.__name__, repr(pyexpat.model))
import sys; print('pyexpat.errors' in sys.modules)
print(pyexpat.ExpatError.__mro__, pyexpat.ExpatError.__module__)

import xml.etree.ElementTree as ET, xml.sax, xml.dom.minidom, io
tree = ET.fromstring('<r xmlns:k="u"><a x="1">te&amp;xt<!-- c --></a>tail<k:b/></r>')
print(ET.tostring(tree), [e.tag for e in tree.iter()], tree.find('a').text)
for event, e in ET.iterparse(io.BytesIO(b'<a><b/><c>d</c></a>'), ('start', 'end')): print(event, e.tag)
try: ET.fromstring('<a><b></a>')
except ET.ParseError as e: print(e, e.code, e.position)
class H(xml.sax.ContentHandler):
    def startElement(self, name, attrs): print('start', name, dict(attrs))
    def characters(self, text): print('text', repr(text))
    def endElement(self, name): print('end', name)
xml.sax.parseString('<a b="c">d<e/>\u00e9</a>', H())
try: xml.sax.parseString('<a', H())
except xml.sax.SAXParseException as e: print(e)
print(xml.dom.minidom.parseString('<a b="c">d<!--x--><e/></a>').toprettyxml())
p = expat.ParserCreate(); p.buffer_text = True; p.buffer_size = 4
p.CharacterDataHandler = lambda text: print('text', repr(text))
p.CommentHandler = print
t(p.Parse, '<a>one<!--c-->twothree<b/>four&amp;five</a>', True)
import gc, weakref
class Holder: pass
h = Holder(); h.parser = expat.ParserCreate(); h.parser.StartElementHandler = lambda *a, h=h: None
w = weakref.ref(h); del h; gc.collect(); print(w())
