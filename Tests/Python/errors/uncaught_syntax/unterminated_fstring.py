# A file that does not compile: unterminated fstring.
print("never")
x = f"abc {1
