# A SyntaxError without a place.
raise SyntaxError("no place")
