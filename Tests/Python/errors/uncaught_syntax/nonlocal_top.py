# A file that does not compile: nonlocal top.
print("never")
nonlocal x
