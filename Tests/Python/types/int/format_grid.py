# The integer format specification crossed over values.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for value in [0, 1, -1, 42, -42, 255, 1234567, -1234567, 2**64, -10**25, True]:
    for spec in ["", "d", "b", "o", "x", "X", "n", "c", "#b", "#o", "#x", "#X", "+d", " d", "-d", "5", "<8", ">8", "^8", "=8", "08", "*>8", "0=+8", "#010x", "+#012b", ",", "_", "_b", "_x", "_o", "#_x", "016_x", "020,", "+,d", "e", ".2e", "f", ".1f", "g", "%", ".1%", "F", "G", "E",
                 "<08", "^010d", ">+8", "012,d", "\u00e9^9", "\U0001f600<6", "1d", "00d", "0", "<5d", "=+9,d"]:
        show(f"{value} {spec!r}", lambda: ascii(format(value, spec)))
