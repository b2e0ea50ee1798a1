# The lines of frames and tracebacks, wherever in a table of lines they stand.

import sys


def line():
    return sys._getframe(1).f_lineno - sys._getframe(1).f_code.co_firstlineno


def statements():
    found = [line()]

    # Some lines without code,





    found.append(line())
    found.extend([
        line(),

        line(), line(
        ),
        (
            line()
        ),
    ])
    for _ in range(2): found.append(line()); found.append(line())
    try:
        found.append(line())
        raise ValueError(
            line()
        )
    except ValueError as error:
        found.append(error.args[0])
        found.append(error.__traceback__.tb_lineno - statements.__code__.co_firstlineno)
    finally:
        found.append(line())
    return found, line()


print(statements())
source = "import sys\n" + "def f():\n" + "\n" * 300 + " x = 1\n" * 3 + " return (\n" + "\n" * 5000 + "  sys._getframe().f_lineno,\n\n\n" + " x,)\n" + "print(f())\n"
exec(compile(source, "<long>", "exec"))

# A table that was made by hand: no columns, going back, no line, the long form.
def code():
    return sys._getframe(0).f_lineno


tables = [b"", b"\xe8\x00" * 4, b"\xe8\x04\xe8\x05\xef\x02\xe8\x01\xef\x01", b"\xff\xff", b"\xf7\x08\x02\x01\x01\xf7\x00\x00\x00\x00\xf7\x00\x00\x00\x00", b"\xdf\x01\x02\xe7\x01\x02\xd7\x01\x02"]
for table in tables:
    changed = code.__code__.replace(co_linetable=table, co_firstlineno=100)
    code.__code__ = changed
    print(table, code())
