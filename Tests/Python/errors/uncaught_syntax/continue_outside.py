# A file that does not compile: continue outside.
print("never")
if True:
    continue
