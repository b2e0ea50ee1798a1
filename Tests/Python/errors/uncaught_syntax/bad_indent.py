# A file that does not compile: bad indent.
print("never")
def f():
x = 1
