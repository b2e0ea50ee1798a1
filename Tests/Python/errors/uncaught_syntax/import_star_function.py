# A file that does not compile: import star function.
print("never")
def f():
    from sys import *
