# A file that does not compile: annotation.
print("never")
x: = 5
