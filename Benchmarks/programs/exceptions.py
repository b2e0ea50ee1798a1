# Raising, catching, finally, and exceptions through several frames.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


class Problem(Exception):
    def __init__(self, code):
        super().__init__(f"problem {code}")
        self.code = code


def dive(depth, code):
    if depth == 0:
        raise Problem(code)
    try:
        return dive(depth - 1, code)
    finally:
        trail[depth] += 1


def check(value):
    try:
        if value % 3 == 0:
            raise ValueError(value)
        if value % 3 == 1:
            return {}[value]
        return [][value]
    except ValueError:
        return 1
    except LookupError as error:
        return 2 if isinstance(error, KeyError) else 3
    else:
        return 0


def quiet(value):
    try:
        value += 1
    except TypeError:
        value = 0
    return value


trail = [0] * 8
checksum = 0
for index in range(scaled(300000)):
    checksum = (checksum * 7 + check(index)) % 1000000007
    try:
        dive(index % 8, index)
    except Problem as error:
        checksum += error.code
    for _ in range(5):
        checksum = quiet(checksum)
    try:
        try:
            int("x")
        except ValueError as error:
            raise Problem(1) from error
    except Problem as error:
        checksum += type(error.__cause__) is ValueError
print(checksum, trail)
