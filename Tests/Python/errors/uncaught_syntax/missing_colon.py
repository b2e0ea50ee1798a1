# A file that does not compile: missing colon.
print("never")
if True
    pass
