# A file that does not compile: future late.
print("never")
x = 1
from __future__ import annotations
