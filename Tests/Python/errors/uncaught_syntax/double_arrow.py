# A file that does not compile: double arrow.
print("never")
x => 5
