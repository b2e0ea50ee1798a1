# Exceptions in several threads: what they and their tracebacks hold, where one is handed to another thread, and what catches them.
import sys
import threading
import traceback
import weakref


class Plain(Exception):
    pass


class Coded(Exception):
    def __init__(self, code):
        self.code = code


class Both(Plain, KeyError):
    pass


class Strange(Exception):
    def __new__(cls, *args):
        self = super().__new__(cls, "made")
        self.given = args
        return self


class Ended(Exception):
    def __del__(self):
        ended.append(str(self))


ended = []


def bottom(kind, own):
    mine = [kind]
    own.append(mine)
    if kind == "class":
        raise Plain
    if kind == "instance":
        raise Plain("text", mine)
    if kind == "coded":
        raise Coded(7)
    if kind == "both":
        raise Both("two bases")
    if kind == "strange":
        raise Strange(1, 2)
    if kind == "native":
        return {}["missing"]
    if kind == "ended":
        raise Ended("gone")
    if kind == "from":
        try:
            raise Plain("first")
        except Plain as error:
            raise Coded(1) from error
    if kind == "from none":
        try:
            raise Plain("first")
        except Plain:
            raise Coded(2) from None
    if kind == "not":
        raise int
    if kind == "group":
        raise ExceptionGroup("some", [Plain(1), Coded(2)])


def middle(kind, own):
    try:
        bottom(kind, own)
    finally:
        own.append("cleaned")


KINDS = ["class", "instance", "coded", "both", "strange", "native", "ended", "from", "from none", "not", "group"]


def describe(error):
    frames = [(entry.name, entry.line) for entry in traceback.extract_tb(error.__traceback__)]
    return type(error).__name__, error.args, vars(error), frames, repr(error.__cause__), repr(error.__context__), error.__suppress_context__


def work(lines, kept):
    for kind in KINDS:
        own = []
        try:
            middle(kind, own)
        except (Plain, Coded) as error:
            lines.append(("first", *describe(error)))
            kept.append(error)
            own.append(sys.exception() is error)
        except (TypeError, (LookupError if kind else ValueError), Exception) as error:
            lines.append(("second", *describe(error)))
            if kind == "native":
                kept.append(error)
        lines.append((kind, own, sys.exception()))


results = [([], []) for _ in range(4)]
threads = [threading.Thread(target=work, args=result) for result in results]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for line in results[0][0]:
    print(line)
print([lines == results[0][0] for lines, _ in results], sorted(set(ended)), len(ended))

# What another thread raised is raised again here, with the frames of both.
for error in results[1][1]:
    entry, names = error.__traceback__, []
    while entry is not None:
        names.append((entry.tb_frame.f_code.co_name, sorted(entry.tb_frame.f_locals)))
        entry = entry.tb_next
    print(names)
    try:
        raise error
    except Exception as same:
        print(same is error, [frame.name for frame in traceback.extract_tb(same.__traceback__)])


# Handlers that name no exceptions.
def wrong(types):
    try:
        raise Plain
    except types:
        print("caught")


def catching():
    for types in (int, (Plain, int), (int, Plain), (Plain, (Coded,)), (), [Plain]):
        try:
            wrong(types)
        except TypeError as error:
            print("TypeError:", error)
        except Plain:
            print("not caught")


def making():
    for make in (lambda: Plain(x=1), lambda: Plain(1, 2), Plain, lambda: Both()):
        try:
            print(repr(make()))
        except TypeError as error:
            print("TypeError:", error)
    Plain.__init__ = lambda self, *rest: setattr(self, "rest", rest)
    print(Plain(1, 2).rest, Plain(3).args)
    del Plain.__init__
    print(Plain(4).args, vars(Plain(4)))


def weakly():
    try:
        raise Plain("weak")
    except Plain as error:
        reference = weakref.ref(error)
        print(reference() is error)
    print(reference())


def chained():
    first = Plain("first")
    try:
        try:
            raise first
        except Plain:
            raise Coded(1)
    except Coded as second:
        try:
            raise first
        except Plain as error:
            print(error.__context__ is second, second.__context__, error is first)


for function in (catching, making, weakly, chained):
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()
