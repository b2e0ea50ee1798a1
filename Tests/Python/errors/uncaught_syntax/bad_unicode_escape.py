# A file that does not compile: bad unicode escape.
print("never")
x = "\u12"
