# A file that does not compile: unmatched.
print("never")
x = 1)
y = 2
