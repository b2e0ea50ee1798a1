# A file that does not compile: unterminated triple.
print("never")
x = """abc
y = 1
