# A file that does not compile: keyword repeated.
print("never")
f(a=1, a=2)
