# A misspelt built-in, with a suggestion.
prnt("x")
