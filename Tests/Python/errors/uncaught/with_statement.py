# Carets under with.
with 5 as x:
    pass
