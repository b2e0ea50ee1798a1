# Carets under a subscript.
table = {"a": [1, 2, {"b": None}]}
print("before")
value = table["a"][2]["b"]["c"]
