# What was printed before comes out.
print("one")
print("two", end="")
raise ValueError("after text without end of line")
