# UnicodeEncodeError at the top.
"abc\u20ac".encode("latin-1")
