# What the modules for CPython's own tests say of the inside of the runtime, where it is the same in both.
import _testinternalcapi as inside
import _testlimitedcapi as limited
import _testmultiphase
import re
import types


def shown(function, *arguments):
    try:
        result = function(*arguments)
    except Exception as error:
        cause = error.__cause__
        result = f"{type(error).__name__}: {error}" + (f" from {type(cause).__name__}: {cause}" if cause else "")
    else:
        result = repr(result)
    print(function.__name__, re.sub("0x[0-9a-f]+", "0x", result))


# Attributes inside an object.
class Plain:
    pass


class Slots:
    __slots__ = ("a",)


class Tuple(tuple):
    pass


plain = Plain()
for value in plain, Slots(), Tuple(), [], 1, None, type, type("Strings", (str,), {})():
    print(type(value).__name__, inside.has_inline_values(value))
del plain.__dict__
print(inside.has_inline_values(plain))
plain = Plain()
for number in range(100):
    setattr(plain, f"a{number}", number)
print(inside.has_inline_values(plain), plain.a99)


# Code.
def nothing():
    pass


def something(a, /, b, *c, d=1, **e):
    def inner():
        return a

    return inner


def globally():
    nothing()


def generator():
    yield


def depth(count):
    return depth(count - 1) if count else inside.get_recursion_depth()


for function in nothing, something, globally, generator, something(1, 2), 5:
    code = getattr(function, "__code__", None)
    shown(inside.code_returns_only_none, code)
    shown(inside.get_co_localskinds, code)
    shown(inside.verify_stateless_code, code)
    shown(inside.verify_stateless_code, function)
print(inside.get_recursion_depth(), depth(3))


# Messages between interpreters.
values = [1, 1 << 70, [], "x = 1", "x =", b"x = 1", nothing, something, globally, something(1, 2), generator, nothing.__code__, something.__code__, (1, []), object(), int, None, {}]
for mode in "xidata", "fallback", "marshal", "code", "func", "script", "script-pure":
    for value in values:
        def there_and_back(value, mode):
            return type(inside.restore_crossinterp_data(inside.get_crossinterp_data(value, mode)))

        shown(there_and_back, value, mode)

settings = types.SimpleNamespace(
    allow_fork=False, allow_exec=False, allow_threads=True, allow_daemon_threads=False, use_main_obmalloc=True, gil="shared", check_multi_interp_extensions=True)
shown(inside.run_in_subinterp_with_config, "print('inside', flush=True)", settings)

# Text.
for errors in "strict", "surrogateescape", "ignore":
    shown(inside.EncodeLocaleEx, "a\xe9", 0, errors)
    shown(inside.DecodeLocaleEx, b"a\xc3\xa9", 0, errors)
shown(inside.normalize_path, "/a/./b//../c")

# The sequence and attribute protocols.
items = [1, 2, 3]
for index in 0, -1, 5, -5, "x":
    shown(limited.sequence_getitem, items, index)
    shown(limited.sequence_setitem, items, index, 9)
    shown(limited.sequence_setitem, bytearray(b"abcdefgh"), index, 9)
    shown(limited.sequence_delitem, list(items), index)
print(items)
shown(limited.object_hasattrstring, 1, b"real")
shown(limited.object_hasattrstring, 1, b"nothing")
print(limited.codec_incrementaldecoder("utf-8").decode(b"\xc3"), limited.codec_incrementalencoder("latin-1", "ignore").encode("\xe9\u20ac"))

example = _testmultiphase.Example()
print(example.demo("text"), example.demo(), _testmultiphase.foo(1, 2), _testmultiphase.int_const, _testmultiphase.str_const)
