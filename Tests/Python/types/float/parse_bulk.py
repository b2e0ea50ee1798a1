# Parsing of several hundred decimal strings, shown as hexadecimal.
mantissas = ["1", "9", "1.5", "123456789", "0.3", "9007199254740991", "9007199254740993", "1.0000000000000002", "17976931348623157", "22250738585072014", "49406564584124654", "3.14159265358979323846264338327950288"]
for mantissa in mantissas:
    for exponent in [-345, -340, -325, -324, -323, -310, -300, -100, -23, -22, -16, -5, -1, 0, 1, 5, 15, 16, 22, 23, 37, 100, 290, 292, 300, 307, 308, 309]:
        text = f"{mantissa}e{exponent}"
        value = float(text)
        print(text, value.hex(), repr(value))
