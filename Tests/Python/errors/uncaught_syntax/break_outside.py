# A file that does not compile: break outside.
print("never")
break
