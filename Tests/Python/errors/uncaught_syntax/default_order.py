# A file that does not compile: default order.
print("never")
def f(a=1, b):
    pass
