# A file that does not compile: increment.
print("never")
x = 1
x++
