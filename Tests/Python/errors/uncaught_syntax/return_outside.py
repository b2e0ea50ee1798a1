# A file that does not compile: return outside.
print("never")
return 5
