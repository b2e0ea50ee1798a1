# A misspelt name in from import.
from sys import exc_inf
