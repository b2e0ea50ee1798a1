# Several arguments show as a tuple.
raise Exception("one", 2, [3])
