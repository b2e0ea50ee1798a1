# % formatting: flags, widths, mappings and errors.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for spec in ["%s", "%r", "%a", "%5s|", "%-5s|", "%05s|", "%.2s|", "%5.1s|", "%d", "%i", "%u", "%5d|", "%-5d|", "%05d|", "%+d", "% d", "%x", "%X", "%#x", "%#X", "%o", "%#o", "%c", "%e", "%g", "%%", "%5%", "%#5x|", "%-+6d|", "% 06d|", "%.5d|", "%8.5d|", "%.0d", "%.3x", "%#.5x", "%hd", "%ld", "%Lf"]:
    for value in [0, 42, -42, 3.7, "text", "é", None, True, 10**20, [1], b"b"]:
        show(f"{spec!r} % {value!a}", lambda: spec % (value,))
