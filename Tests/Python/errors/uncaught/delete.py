# Carets under del.
d = {}
del d["k"]
