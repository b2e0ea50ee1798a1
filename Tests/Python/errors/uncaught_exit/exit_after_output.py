# Output without end of line before an exit.
import sys
print("no newline", end="")
sys.stderr.write("error text")
sys.exit(13)
