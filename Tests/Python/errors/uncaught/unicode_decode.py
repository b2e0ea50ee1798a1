# UnicodeDecodeError at the top.
b"abc\xff".decode()
