# A file that does not compile: missing block end.
print("never")
def f():
