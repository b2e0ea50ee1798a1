# A file that does not compile: dedent.
print("never")
if True:
        x = 1
    y = 2
