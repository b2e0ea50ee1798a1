# A file that does not compile: missing block.
print("never")
for x in range(3):
print(x)
