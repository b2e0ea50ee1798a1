# A file that does not compile: assign comparison.
print("never")
if x = 1:
    pass
