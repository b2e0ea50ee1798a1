# A file that does not compile: invalid character.
print("never")
x = 5 € 3
