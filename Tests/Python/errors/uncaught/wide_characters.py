# Carets under text with wide characters.
日本 = "é"
print("日本語", 日本 + 1)
