# An error in a lambda.
sorted([1, 2], key=lambda x: x.missing)
