# What _opcode tells about every instruction.
import _opcode, _opcode_metadata as m
print(_opcode.get_nb_ops()); print(_opcode.get_intrinsic1_descs()); print(_opcode.get_intrinsic2_descs()); print(_opcode.get_special_method_names()); print(_opcode.get_specialization_stats())
for f in ('is_valid','has_arg','has_const','has_exc','has_free','has_jump','has_local','has_name'):
    print(f,[i for i in range(-2,300) if getattr(_opcode,f)(i)])
def t(f,*a,**k):
    try: return f(*a,**k)
    except BaseException as e: return type(e).__name__,str(e)
for i in list(range(-3,300)):
    print(i,[t(_opcode.stack_effect,i,a,jump=j) for a in (None,0,1,2,3,5,300) for j in (None,True,False)])
print(t(_opcode.stack_effect,100,0,jump=3)); print(t(_opcode.get_executor,code=(lambda:1).__code__,offset=0)); print(t(_opcode.get_executor,code=1,offset=0));print(t(_opcode.get_executor,code=(lambda:1).__code__,offset=100))
