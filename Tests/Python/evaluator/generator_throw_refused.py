"""What throw() does not take leaves the generator as it was."""
import warnings

warnings.simplefilter("ignore")

def f():
    while True:
        try:
            print((yield))
        except ValueError as v:
            print("caught ValueError (%s)" % (v))


for args in [(ValueError(1),"foo"),(ValueError,"foo",23),("abc",),(0,),(list,),()]:
    g = f()
    next(g)
    try: g.throw(*args)
    except TypeError as e: print(e)
    try: print(g.gi_frame is None, g.send(3))
    except StopIteration: print("stopped", args)
