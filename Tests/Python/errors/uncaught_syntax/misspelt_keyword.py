# A file that does not compile: misspelt keyword.
print("never")
whille True:
    pass
