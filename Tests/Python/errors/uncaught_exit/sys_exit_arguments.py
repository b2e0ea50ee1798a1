# sys.exit with too many arguments.
import sys
sys.exit(1, 2)
