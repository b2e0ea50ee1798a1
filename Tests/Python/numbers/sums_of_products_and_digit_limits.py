# sums of products, and the limit of digits on its borders
import math, sys
for p,q in (([1,2],[3,4]),((1.5,2),[3,4.0]),([1,2.0,3],[1,2,3]),([10**30,1.0],[1,2]),([1e308,1e308],[10,1]),([2**61,2**61],[8,8]),([1,1.5],[2,float('inf')]),([True,2.5],[1,1]),([1.0],[True]),([float('nan')],[1]),([],[]),([1],[1,2]),([-0.0],[1.0]),([1e16,1.0,-1e16],[1.0,1.0,1.0]),([0.1]*10,[0.1]*10),([1e308,-1e308,1e308],[2,2,1])):
    try: print(p,q,repr(math.sumprod(p,q)))
    except Exception as e: print(repr(e))
for t in ("1"*30+"_"+"2"*30, "1"*30+"__2", "1"*40+"_", "1"*25+"a"+"1"*20, "1"*40+":", "1"*40+"/","1"*40+"\x30\x3a", "1"*41+"\u0660", "1"*5000, "1_"*2500+"1", " "+"7"*50+" ", "-"+"9"*37+"_9", "0"*50+"12", "1"*20+"12345678"+"1234567\xb2"):
    for b in (10,0,16):
        try: print(hash(int(t,b)))
        except Exception as e: print(type(e), str(e)[-80:])
for d in (4299,4300,4301,4302,4400,5000):
    for f in (lambda: str(10**(d-1)), lambda: str(10**d-1), lambda: repr(-10**(d-1)), lambda: f"{10**d-1}", lambda: "%d"%10**d):
        try: print(d, len(f()))
        except ValueError as e: print(d, e)
sys.set_int_max_str_digits(700)
for d in (640,641,700,701,720): 
    try: print(d, len(str(10**d-1)))
    except ValueError as e: print(d, e)
