# A file that does not compile: try alone.
print("never")
try:
    x = 1
y = 2
