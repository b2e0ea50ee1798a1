# The shortest text that reads back as the same double.
VALUES = [0.0, -0.0, 1.0, -1.0, 0.1, 0.2, 0.1 + 0.2, 1/3, 2/3, 1e15, 1e16, 1e17, 123456789012345678.0, 1e22, 1e23, 1e-4, 1e-5, 0.0001234, 0.00001234, 1e100, 1e308, 1.7976931348623157e308, 5e-324, 2.2250738585072014e-308,
          4.9406564584124654e-324, 9007199254740992.0, 9007199254740993.0, 1.1, 2.675, 1e21, 9.999999999999999e22, 3.141592653589793, 2.718281828459045, 100.0, 1000000.0, 12345.678, float("inf"), float("-inf"), float("nan"),
          1.2345e-7, 8.41e21, 2.0**70, 2.0**-70, 5e-310, 1.5e300 * 1e10, 4.35, 0.3, 1e5, 123456.789e3, 179769313486231570.0e291]
for value in VALUES:
    print(repr(value), str(value), value == value and float(repr(value)) == value, [value], f"{value}", f"{value!r}")
value = 1.0
for _ in range(60):
    value *= 1.7
    print(value, 1 / value, -value * 1e-9)
