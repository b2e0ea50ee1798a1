# Carets under a for loop's iterable.
for x in 5:
    pass
