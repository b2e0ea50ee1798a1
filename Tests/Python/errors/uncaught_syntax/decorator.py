# A file that does not compile: decorator.
print("never")
@
def f():
    pass
