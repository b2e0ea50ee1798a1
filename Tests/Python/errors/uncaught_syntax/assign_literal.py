# A file that does not compile: assign literal.
print("never")
5 = x
