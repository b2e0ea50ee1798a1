# Carets under an unpacking.
a, b, c = (1, 2)
