# A file that does not compile: lambda body.
print("never")
f = lambda x:
