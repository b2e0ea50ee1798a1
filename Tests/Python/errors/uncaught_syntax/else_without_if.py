# A file that does not compile: else without if.
print("never")
else:
    pass
