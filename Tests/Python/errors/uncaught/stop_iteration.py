# StopIteration at the top.
next(iter([]))
