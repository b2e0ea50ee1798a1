# A file that does not compile: dict value.
print("never")
x = {"a": }
