# A file that does not compile: bad escape.
print("never")
x = "\N{no such name}"
