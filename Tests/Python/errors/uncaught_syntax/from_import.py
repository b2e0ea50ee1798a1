# A file that does not compile: from import.
print("never")
from sys import (a, b
