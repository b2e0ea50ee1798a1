# A file that does not compile: too deep.
print("never")
x = ((((((((((1
