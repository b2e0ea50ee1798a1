# A file that does not compile: print statement.
print("never")
print "hello"
