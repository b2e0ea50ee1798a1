# Carets under a comparison.
if 1 < 2 < "a":
    pass
