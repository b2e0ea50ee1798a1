# A file that does not compile: missing comma.
print("never")
x = [1, 2 3]
