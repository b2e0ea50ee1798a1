# Carets inside an f-string.
value = "x"
print(f"start {value:>10} {value + 1} end")
