# A file that does not compile: duplicate argument.
print("never")
def f(a, b, a):
    pass
