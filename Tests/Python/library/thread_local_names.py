"""Names that `_thread._local` is given directly: what says that it is equal to '__dict__' is, before anybody asks whether it is a str."""
import re
import _thread


class Equal:
    def __eq__(self, other):
        return True


class Raising:
    def __eq__(self, other):
        1 / 0


class EqualText(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


class Loop(_thread._local):
    attr = 1


def show(what, function, *arguments):
    try:
        print(what, function(*arguments))
    except Exception as error:
        print(what, type(error).__name__, re.sub("0x[0-9a-f]+", "0x", str(error)), getattr(error, "name", None), getattr(error, "obj", None) is None)


for cls in (Loop, _thread._local):
    for name in (Equal(), Raising(), EqualText("x"), "__dict__"):
        it = cls()
        show("set", it.__setattr__, name, 2)
        show("delete", it.__delattr__, name)
        show("get", it.__getattribute__, name)
        show("set", cls.__setattr__, it, name, 2)
    show("set", it.__setattr__, 5, 2)
    show("delete", it.__delattr__, None)
    show("setattr", setattr, it, EqualText("x"), 2)
    show("setattr", setattr, it, "__dict__", {})
    show("del", delattr, it, "__dict__")
