# A misspelt keyword argument of a built-in.
sorted([1], revers=True)
