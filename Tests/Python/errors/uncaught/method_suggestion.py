# A misspelt method of a built-in type.
[1].apend(2)
