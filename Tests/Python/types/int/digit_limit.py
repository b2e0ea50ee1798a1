# The limit on the number of digits in conversions between int and str.
import sys

def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

print(sys.get_int_max_str_digits(), sys.int_info)
show('len(str(10**4299))', lambda: len(str(10**4299)))
show('str(10**4300)', lambda: str(10**4300))
show('repr(-10**5000)', lambda: repr(-10**5000))
show('int("1" * 4300) % 1000', lambda: int("1" * 4300) % 1000)
show('int("1" * 4301)', lambda: int("1" * 4301))
show('int("1_" * 4300 + "1")', lambda: int("1_" * 4300 + "1"))
show('int("0" * 5000)', lambda: int("0" * 5000))
show('f"{10**4300}"', lambda: f"{10**4300}")
show('f"{10**4300:x}"[:20]', lambda: f"{10**4300:x}"[:20])
show('"%d" % 10**4300', lambda: "%d" % 10**4300)
show('"%x" % 10**4300', lambda: "%x" % 10**4300)
show('len(hex(10**5000)), len(bin(10**5000))', lambda: (len(hex(10**5000)), len(bin(10**5000))))
show('int("f" * 5000, 16).bit_length()', lambda: int("f" * 5000, 16).bit_length())
show('int("7" * 5000, 9)', lambda: int("7" * 5000, 9))
show('int("7" * 5000, 8).bit_length()', lambda: int("7" * 5000, 8).bit_length())
sys.set_int_max_str_digits(0)
show('len(str(10**6000))', lambda: len(str(10**6000)))
sys.set_int_max_str_digits(640)
show('len(str(10**639)), 1', lambda: (len(str(10**639)), 1))
show('str(10**640)', lambda: str(10**640))
show('int("9" * 641)', lambda: int("9" * 641))
show('sys.set_int_max_str_digits(10)', lambda: sys.set_int_max_str_digits(10))
show('sys.set_int_max_str_digits(-1)', lambda: sys.set_int_max_str_digits(-1))
show('sys.set_int_max_str_digits("a")', lambda: sys.set_int_max_str_digits("a"))
show('eval("1" * 641)', lambda: eval("1" * 641))
