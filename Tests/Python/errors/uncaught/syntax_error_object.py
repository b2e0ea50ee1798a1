# A SyntaxError that the program makes.
raise SyntaxError("made", ("file.py", 3, 5, "some text here", 3, 9))
