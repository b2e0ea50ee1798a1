# A file that does not compile: exec statement.
print("never")
exec "x = 1"
