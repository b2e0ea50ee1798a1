# A file that does not compile: star assignment.
print("never")
*a = 1, 2
