# A file that does not compile: star twice.
print("never")
def f(*a, *b):
    pass
