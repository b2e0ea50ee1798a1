# A file that does not compile: async with.
print("never")
async with x:
    pass
