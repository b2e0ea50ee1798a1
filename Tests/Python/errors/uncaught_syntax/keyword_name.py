# A file that does not compile: keyword name.
print("never")
class = 1
