# A file that does not compile: ternary.
print("never")
x = 1 if 2
