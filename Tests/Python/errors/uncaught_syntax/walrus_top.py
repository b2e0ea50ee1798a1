# A file that does not compile: walrus top.
print("never")
x := 5
