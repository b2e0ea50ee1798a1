# A file that does not compile: keyword first.
print("never")
f(a=1, 2)
