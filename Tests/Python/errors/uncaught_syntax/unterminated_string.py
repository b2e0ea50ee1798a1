# A file that does not compile: unterminated string.
print("never")
x = "abc
y = 1
