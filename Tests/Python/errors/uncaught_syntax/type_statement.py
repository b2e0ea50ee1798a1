# A file that does not compile: type statement.
print("never")
type X[T = int
