# A file that does not compile: two stars.
print("never")
*a, *b = 1, 2
