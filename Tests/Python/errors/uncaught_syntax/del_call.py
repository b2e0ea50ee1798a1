# A file that does not compile: del call.
print("never")
del f()
