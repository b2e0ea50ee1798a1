"""What one interpreter hears of another's exceptions and settings."""
import traceback
from concurrent import interpreters
import _interpreters


def capture(exception, format):
    original = traceback.TracebackException.format
    traceback.TracebackException.format = format
    try:
        captured = _interpreters.capture_exception(exception)
    finally:
        traceback.TracebackException.format = original
    return captured.type.__name__, captured.msg, captured.formatted, captured.errdisplay


print(capture(ValueError("text"), lambda self, **options: ["first\n", "second\n"]))
print(capture(ValueError(), lambda self, **options: []))
print(capture(KeyError("key"), lambda self, **options: ["no end", " of line"]))

try:
    raise LookupError("shown") from OSError(2, "cause")
except LookupError as error:
    print(_interpreters.capture_exception(error).errdisplay)

other = interpreters.create()
for program in ("1 / 0", "import traceback\n1 / 0", "import traceback\ntraceback.TracebackException.format = lambda self, **options: ['ours\\n']\n1 / 0"):
    try:
        other.exec(program)
    except interpreters.ExecutionFailed as error:
        print(str(error))
other.close()

for scope in ("default", "shared", "own"):
    number = _interpreters.create(_interpreters.new_config("isolated", gil=scope))
    print(scope, _interpreters.get_config(number).gil)
    _interpreters.destroy(number)
