# Programs for other interpreters may be given as bytes, in the encoding that they declare.
import _interpreters

number = _interpreters.create()
for source in b"x = 1", bytearray(b"print(x)"), b"# coding: latin-1\nprint(ascii('\xe9'))", memoryview(b"print(2)"), b"x =", b"\xff", 5, []:
    try:
        print(source if isinstance(source, (bytes, int, list)) else bytes(source), _interpreters.exec(number, source), flush=True)
    except (SyntaxError, TypeError) as error:
        print(type(error).__name__, error)
_interpreters.destroy(number)
