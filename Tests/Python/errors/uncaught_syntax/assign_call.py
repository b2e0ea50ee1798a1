# A file that does not compile: assign call.
print("never")
f() = 1
