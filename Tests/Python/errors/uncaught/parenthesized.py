# Carets under a parenthesised sum.
a = None
b = (1 + 2) * (a + 3) - 4
