# Carets under a slice.
[1, 2, 3]["a":"b"]
