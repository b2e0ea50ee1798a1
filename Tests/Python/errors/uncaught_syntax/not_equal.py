# A file that does not compile: not equal.
print("never")
x <> 5
