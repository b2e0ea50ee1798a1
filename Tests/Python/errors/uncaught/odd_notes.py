# Notes that are no list of strings.
e = ValueError("odd")
e.__notes__ = ["text", 5, None]
raise e
