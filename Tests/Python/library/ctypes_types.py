# ctypes: bit fields, structures, arrays, pointers, function types, pickling, buffers.
import re
import sys


def shown(value):
    text = repr(value) if not isinstance(value, str) else value
    return re.sub(r"0x[0-9a-f]+", "0x…", text).replace(sys.executable, "python")


def t(expression):
    try:
        print(expression, "->", shown(eval(expression)))
    except BaseException as error:
        print(expression, "!!", type(error).__name__, re.sub(r"^\S*: undefined", "python: undefined", shown(str(error))))

import ctypes
from ctypes import *
class B(Structure): _fields_=[('a',c_bool,1),('b',c_bool,1),('c',c_int,3),('d',c_uint,4)]
b=B(); b.b=True
t("b.a,b.b")
t("bytes(b)"); b.c=5
t("b.c")
t("bytes(b)");
class E(Exception): pass
class F:
    @classmethod
    def from_param(cls,x): raise E('boo')
t("CFUNCTYPE(c_int,F)(('abs',CDLL(None)))(3)")
class S(Structure): _fields_=[('s',c_char*3),('w',c_wchar*3)]
s=S()
def st(n,v):
    try: setattr(s,n,v); print(n,v,getattr(s,n))
    except BaseException as e: print(n,v,'!!',type(e).__name__,e)
for v in (b'ab',b'abc',b'abcd',b'a\0bcd','x',3): st('s',v)
for v in ('ab','abc','abcd','a\0bcd',b'x',3): st('w',v)
def sa(o,n,v):
    try: setattr(o,n,v); print(shown(repr(o)),n,v,shown(repr(getattr(o,n))))
    except BaseException as e: print(n,v,'!!',type(e).__name__,e)
def da(o,n):
    try: delattr(o,n); print('del',n)
    except BaseException as e: print('del',n,'!!',type(e).__name__,e)
da(s,'s'); da(c_int(),'value'); da((c_char*3)(),'value'); da((c_char*3)(),'raw');da(pointer(c_int()),'contents')
sa((c_char*3)(),'value','x');sa((c_char*3)(),'value',b'abcd');sa((c_char*3)(),'raw',b'abcd');sa((c_wchar*3)(),'value',b'');sa((c_wchar*3)(),'value','abcd')
f=CDLL(None).abs
sa(f,'restype',3);sa(f,'argtypes',3);sa(f,'argtypes',[3]);sa(f,'errcheck',3);da(f,'restype');print(f.restype);da(f,'errcheck')
t("CFUNCTYPE(S)(lambda:0)")
t("CFUNCTYPE(None,S)(lambda s:0)")
t("type('X',(ctypes._CFuncPtr,),{'_flags_':1})(lambda:0)")
t("type('X',(ctypes._CFuncPtr,),{})")
t("type('X',(Structure,),{'_fields_':[('a',c_int)]*1,'_pack_':'x','_layout_':'ms'})")
t("type('X',(Array,),{'_length_':-1,'_type_':c_int})")
t("type('X',(Array,),{})")
t("type('X',(Array,),{'_length_':3})")
t("type('X',(Array,),{'_length_':3,'_type_':int})")
t("type('X',(Array,),{'_length_':2**70,'_type_':c_int})")
t("type('X',(Array,),{'_length_':2**62,'_type_':c_int})")
t("type('X',(Array,),{'_length_':'x','_type_':c_int})")
t("type('X',(ctypes._Pointer,),{'_type_':3})")
t("type('X',(ctypes._Pointer,),{'_type_':int})")
t("type('X',(ctypes._SimpleCData,),{'_type_':3})")
t("type('X',(ctypes._SimpleCData,),{'_type_':'xx'})")
t("type(c_int).__dict__['from_param'](3,4)")
t("S(1)")
t("S(b'a','b',3)")
t("S(b'a',s=3)")
t("S(x=3)")
t("S(**{'s':b'q'}).s")
class N(Structure): _fields_=[('p',c_int*2),('q',POINTER(c_int)),('r',S)]
t("N((1,2)).p[1]")
t("N(3)")
t("N((1,'x'))")
t("N((1,2),3)")
t("N((1,2),None,(b'a','q')).r.w")
t("N((1,2),(c_int*2)()).q[0]")
t("N((1,2),(c_short*2)())")
t("N((1,2),pointer(c_short()))")
t("N((c_int*3)())")
t("S.s.__get__(3)")
t("S.s.__set__(3,4)")
t("S.s.__get__(None,S)")
t("N._fields_")
t("setattr(N,'_fields_',[])")
t("delattr(N,'_fields_')")
t("N()")
import pickle
class P(Structure): _fields_=[('a',c_int),('b',c_double)]
t("pickle.loads(pickle.dumps(P(1,2))).b")
t("P(1,2).__reduce__()[1][1]")
t("pickle.dumps(N())")
t("pickle.dumps(c_char_p(b'1'))")
t("P(1).__setstate__({},b'\\1\\0\\0\\0')")
t("P().__setstate__({},3)")
t("c_int(3)==c_int(3)")
t("c_int(3).__ctypes_from_outparam__()")
t("memoryview(P(1,2)).format")
t("memoryview((c_int*3*2)()).shape")
t("memoryview(N()).format")
t("memoryview(P()).itemsize")
t("memoryview((P*3)()).format")
t("memoryview(POINTER(c_int*3)()).format")
t("memoryview(CFUNCTYPE(None)()).format")
t("memoryview(type('U',(Union,),{'_fields_':[('a',c_int)]})()).format")
t("ctypes._Pointer.__class__.set_type(POINTER(c_int),3)")
t("POINTER('foo')()")
t("ctypes.CField()")
t("ctypes.CField(name='a',type=c_int,byte_size=4,byte_offset=0,index=0,_internal_use=False)")
t("CFUNCTYPE(c_int)(('abs',CDLL(None)),())")
t("CFUNCTYPE(c_int, POINTER(c_int))(('abs',CDLL(None)),((2,),))()")
t("ctypes._dlopen('libc.so.6',2)>0")
t("ctypes._dlopen(3)")
t("ctypes._dlopen()"); import _ctypes
t("_ctypes.dlsym(CDLL(None)._handle,'abs')>0")
t("_ctypes.dlsym('x','absx')")
t("_ctypes.call_function(_ctypes.dlsym(CDLL(None)._handle,'abs'),(-3,))")
t("_ctypes.call_function(1,3)")
t("len(_ctypes.dllist())>2")
t("_ctypes.buffer_info(c_int*3*2)")
t("_ctypes.buffer_info(3)")
t("_ctypes._unpickle(c_int,({},b'\\5'))")
t("_ctypes.dlclose(None)")
t("_ctypes.PyObj_FromPtr(id(t)) is t")
t("_ctypes.Py_INCREF(t) is _ctypes.Py_DECREF(t)")
