# Exceptions that nobody can catch: what sys.unraisablehook is given, and what the report looks like.
import gc
import sys
import weakref


def shown(text):
    """The text without addresses."""
    first, *others = text.split(" at 0x")
    return first + "".join(other.lstrip("0123456789abcdef") for other in others)


def hook(unraisable):
    line = unraisable.exc_traceback.tb_lineno if unraisable.exc_traceback else None
    print(unraisable.exc_type.__name__, shown(str(unraisable.exc_value)), line, "|", shown(unraisable.err_msg), "|", unraisable.object)


class Lending:
    def __buffer__(self, flags):
        return memoryview(b"x")

    def __release_buffer__(self, view):
        1 / 0


class Ending:
    def __init__(self, exception):
        self.exception = exception

    def __del__(self):
        raise self.exception


class Elsewhere(Exception):
    __module__ = "some.where"


class Wordless(Exception):
    def __str__(self):
        1 / 0


def closing():
    try:
        yield
    finally:
        1 / 0


def ignoring():
    while True:
        try:
            yield
        except GeneratorExit:
            pass


async def asynchronous():
    yield 1


async def coroutine():
    pass


def raising(*_):
    1 / 0


def run():
    memoryview(Lending()).release()
    Ending(ValueError("x"))
    for function in (closing, ignoring):
        generator = function()
        next(generator)
        del generator
    sys.set_asyncgen_hooks(finalizer=raising)
    generator = asynchronous().__aiter__()
    try:
        generator.__anext__().send(None)
    except StopIteration:
        pass
    del generator
    sys.set_asyncgen_hooks(finalizer=None)
    print(sys.get_asyncgen_hooks())
    object = Wordless()
    reference = weakref.ref(object, raising)
    del object
    gc.callbacks.append(raising)
    gc.collect(0)
    gc.callbacks.clear()


sys.unraisablehook = hook
run()

kept = []
sys.unraisablehook = lambda unraisable: kept.append(type(unraisable))
Ending(ValueError())
print(kept)
sys.stderr = sys.stdout


class Mute:
    def __repr__(self):
        1 / 0


make = kept[0]
for arguments in (
    (ValueError, ValueError(3), None, None, Mute()),
    (ValueError, ValueError(3), None, "message", 4),
    (ValueError, ValueError(), None, "message", None),
    (ValueError, None, None, "message", None),
    (Wordless, Wordless(), None, None, None),
    (KeyError, KeyError("k"), None, None, None),
    (Elsewhere, Elsewhere("bad"), None, None, None),
):
    sys.__unraisablehook__(make(arguments))
try:
    sys.unraisablehook = sys.__unraisablehook__
    sys.unraisablehook(3)
except TypeError as error:
    print(error)
