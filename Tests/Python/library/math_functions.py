import math
inf=math.inf; nan=math.nan
def t(n,*a,**k):
    f=getattr(math,n)
    try: r=f(*a,**k); print(n,a,k or '',repr(r) if not isinstance(r,int) or r.bit_length()<200 else hash(r))
    except BaseException as e: print(n,a,k or '',type(e).__name__,e)
vals=[0.0,-0.0,1,-1,0.5,-0.5,2.0,-2.5,3,1e308,-1e308,1e-310,5e-324,inf,-inf,nan,171.5,-171.5,10**400,True,'a',None,700.0,710.0,1e17,-1e-17]
for n in 'acos asin asinh atan cbrt ceil cos cosh degrees erf exp exp2 expm1 fabs factorial floor frexp gamma isfinite isinf isnan isqrt lgamma log log10 log1p log2 modf radians sin sinh sqrt tan tanh trunc ulp'.split():
    for v in vals:
        if n in ('ceil','floor','trunc') and v==10**400: continue
        t(n,v)
for n in 'atan2 copysign fmod pow remainder nextafter ldexp comb perm'.split():
    for a in (0.0,-0.0,1,-1,2.5,-2.5,inf,-inf,nan,10,1e300,'a'):
        for b in (0.0,-0.0,1,-1,2.5,-3,inf,-inf,nan,5):
            t(n,a,b)
for a in (10,0,100,-1,5,67,200): 
    for b in (0,1,3,5,10,11,-1,50,100): t('comb',a,b); t('perm',a,b)
t('perm',5); t('perm',5,None); t('comb',10**30,3); t('comb',5,10**30); t('perm',10**20,2); t('comb',1.5,1); t('factorial',20); t('factorial',21); t('factorial',1000); t('factorial',-1); t('factorial',10**30); t('factorial',2.0); t('factorial',True)
t('gcd'); t('gcd',12); t('gcd',12,18); t('gcd',-12,18,27); t('gcd',10**50,10**30*7); t('gcd',0,0); t('gcd',1.5,2); t('lcm'); t('lcm',4,6); t('lcm',4,-6,10**40); t('lcm',0,5); t('lcm','a'); t('gcd',6,'a'); t('gcd',-2**62, 2**61);t('gcd',-2**63,2**63)
t('dist',(1,2),(4,6)); t('dist',[1,2],(4,6)); t('dist',(1,),(1,2)); t('dist',(1,'a'),(1,2)); t('dist',3,4); t('dist',(inf,),(1,)); t('dist',(nan,inf),(1,1)); t('dist',(),()); t('dist',(1,2,3),(3,2,1))
t('hypot'); t('hypot',3,4); t('hypot',1e300,1e300); t('hypot',1e-300,1e-300); t('hypot',inf,nan); t('hypot',-3); t('hypot',1,2,3,4,5); t('hypot','a'); t('hypot',*range(1,30))
t('fsum',[.1]*10); t('fsum',[1e308,1e308,-1e308]); t('fsum',[inf,-inf]); t('fsum',[inf]); t('fsum',[nan,1]); t('fsum',3); t('fsum',['a']); t('fsum',[1e16,1,1e-16,-1e16]); t('fsum',[]); t('fsum',[2.0**53,1.0,2.0**-100]); t('fsum',[1e308]*3)
t('isclose',1,1+1e-10); t('isclose',1,2); t('isclose',0,1e-12); t('isclose',0,1e-12,abs_tol=1e-9); t('isclose',inf,inf); t('isclose',1,2,rel_tol=-1); t('isclose',1); t('isclose',nan,nan)
t('prod',[1,2,3]); t('prod',[1.5,2]); t('prod',[]); t('prod',[],start=5); t('prod',range(1,30)); t('prod',[2]*100,start=3); t('prod',['a',3]); t('prod',[1,'a']); t('prod',[2**40,2**40,1.5]); t('prod',3); t('prod',[10**20,1.0,3]); t('prod',[1.0,10**400])
t('sumprod',[1,2],[3,4]); t('sumprod',[1],[3,4]); t('sumprod',[1.5,2],[3,4.5]); t('sumprod',[],[]); t('sumprod',[2**62]*4,[4]*4); t('sumprod',[.1]*10,[.1]*10); t('sumprod',['a'],[3]); t('sumprod',3,4); t('sumprod',[1,2.5,True],[2,3,False]); t('sumprod',[1e308,1e308,-1e308],[10,-10,1]); t('sumprod',[inf,1],[0,1]); t('sumprod',[10**400],[1.5]); t('sumprod',[10,20,30],[1,2,3])
t('fma',2,3,4); t('fma',.1,10,-1); t('fma',inf,0,1); t('fma',inf,0,nan); t('fma',1e308,10,0); t('fma',1e308,10,-inf); t('fma',nan,1,1); t('fma','a',1,1); t('fma',inf,1,-inf)
t('log',8,2); t('log',10**400); t('log',10**400,10); t('log',-10**400); t('log',0); t('log',1,0); t('log',1,1); t('log'); t('log',1,2,3); t('log',-1); t('log2',2**1000); t('log10',10**400); t('log2',0); t('log10',-5); t('log2',-2**70); t('log','a'); t('log',2,'a'); t('log',2.5,10); t('log2',8); t('log10',1000)
t('nextafter',1,2,steps=3); t('nextafter',1,2,steps=-1); t('nextafter',1,1,steps=5); t('nextafter',0,inf,steps=2**64); t('nextafter',-1.0,1.0,steps=2**62+3); t('nextafter',1,nan,steps=2); t('nextafter',1,2,steps='a'); t('nextafter',0.0,-0.0,steps=0); t('nextafter',5.0,1.0,steps=10**30)
t('isqrt',10**60); t('isqrt',10**61+7); t('isqrt',-1); t('isqrt',2**64-1); t('isqrt',1.5); t('isqrt',24); t('isqrt',25); t('isqrt',2**62-1); t('isqrt',2**400-1)
t('ldexp',1,10000); t('ldexp',1,-10000); t('ldexp',0,10**20); t('ldexp',1,10**20); t('ldexp',1,-10**20); t('ldexp',1.5,3); t('ldexp',inf,10); t('ldexp',1,1.5); t('ldexp',5e-324,3); t('ldexp',1.7,-1074)
t('pow',2,.5); t('pow',-2,.5); t('pow',0,-1); t('pow',1e300,2); t('pow',2,-5000); t('pow',-inf,3); t('fmod',10,3); t('fmod',-10,3); t('fmod',10,0); t('remainder',10,0); t('remainder',5,3); t('remainder',7.5,3); t('atan2','a',1)
class C:
    def __repr__(s): return 'C'
    def __ceil__(s): return 'c'
    def __floor__(s): return 'f'
    def __trunc__(s): return 't'
    def __float__(s): return 2.25
    def __index__(s): return 7
t('ceil',C()); t('floor',C()); t('trunc',C()); t('sqrt',C()); t('factorial',C()); t('gcd',C(),14); t('isqrt',C()); t('log',C())
class D:
    def __repr__(s): return 'D'
    def __float__(s): return 3.7
t('ceil',D()); t('floor',D()); t('trunc',D()); t('trunc',1.7); t('trunc','a'); t('ceil','a'); t('ceil',nan); t('floor',inf); t('ceil',1e20); t('sqrt'); t('sqrt',1,2); t('hypot',a=1); t('gcd',x=1); t('floor'); t('trunc'); t('prod'); t('comb',1); t('sumprod',[1])
