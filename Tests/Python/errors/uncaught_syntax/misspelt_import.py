# A file that does not compile: misspelt import.
print("never")
improt sys
