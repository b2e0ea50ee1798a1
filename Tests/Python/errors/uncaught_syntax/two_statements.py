# A file that does not compile: two statements.
print("never")
x = 1 y = 2
