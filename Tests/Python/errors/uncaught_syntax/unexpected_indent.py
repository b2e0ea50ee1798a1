# A file that does not compile: unexpected indent.
print("never")
x = 1
    y = 2
