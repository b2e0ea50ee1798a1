# A file that does not compile: null line.
print("never")
x = 1
\
