# A file that does not compile: generator argument.
print("never")
f(x for x in y, 1)
