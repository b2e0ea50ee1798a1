# A file that does not compile: bytes non ascii.
print("never")
x = b"é"
