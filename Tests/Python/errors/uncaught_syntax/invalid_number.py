# A file that does not compile: invalid number.
print("never")
x = 12abc
