# A file that does not compile: mismatched.
print("never")
x = (1, 2]
