# A file that does not compile: dict mixed.
print("never")
x = {"a": 1, 2}
