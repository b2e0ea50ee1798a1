# SystemExit can be caught.
import sys
try:
    sys.exit("x")
except SystemExit as e:
    print(repr(e), e.code, e.args)
sys.exit()
