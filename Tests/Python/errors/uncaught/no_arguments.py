# An exception without arguments.
raise ValueError
