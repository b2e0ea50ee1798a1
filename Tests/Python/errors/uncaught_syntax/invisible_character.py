# A file that does not compile: invisible character.
print("never")
x = 1​ + 2
