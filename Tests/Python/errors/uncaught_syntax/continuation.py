# A file that does not compile: continuation.
print("never")
x = 1 + \ 2
