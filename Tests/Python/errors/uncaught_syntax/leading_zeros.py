# A file that does not compile: leading zeros.
print("never")
x = 0123
