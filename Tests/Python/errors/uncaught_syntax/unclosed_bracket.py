# A file that does not compile: unclosed bracket.
print("never")
x = [1, 2
print(x)
