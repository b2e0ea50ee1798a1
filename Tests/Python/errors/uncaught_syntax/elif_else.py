# A file that does not compile: elif else.
print("never")
if x:
    pass
else:
    pass
elif y:
    pass
