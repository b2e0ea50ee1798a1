# OverflowError at the top.
float(10 ** 400)
