# A file that does not compile: fstring brace.
print("never")
x = f"a } b"
