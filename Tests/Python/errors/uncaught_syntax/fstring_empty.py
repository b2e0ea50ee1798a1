# A file that does not compile: fstring empty.
print("never")
x = f"{}"
