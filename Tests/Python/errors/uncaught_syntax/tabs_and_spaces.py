# A file that does not compile: tabs and spaces.
print("never")
if True:
        x = 1
	y = 2
