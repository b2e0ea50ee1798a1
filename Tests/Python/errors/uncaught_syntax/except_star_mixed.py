# A file that does not compile: except star mixed.
print("never")
try:
    pass
except ValueError:
    pass
except* KeyError:
    pass
