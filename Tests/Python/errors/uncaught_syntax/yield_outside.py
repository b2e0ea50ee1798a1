# A file that does not compile: yield outside.
print("never")
x = yield 5
