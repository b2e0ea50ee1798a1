# Functions that are made of one code have their own defaults: a call with keywords that was specialised for one of them serves the others only as far as these allow. Also beside another thread.
import threading


def make(second, third):
    def inner(first, second=second, third=third, *, last=second):
        return first, second, third, last

    return inner


def call(function):
    return function(1, third="third")


def call_last(function):
    return function(1, last="last", second="second")


def show(body, *arguments):
    try:
        print(body(*arguments))
    except TypeError as error:
        print(error)


class Maker:
    def __init__(self, number):
        def method(first, *, last=[number]):
            return number, first, last

        self.method = method


def check():
    functions = [make(number, -number) for number in range(3)]
    for _ in range(100):
        for number, function in enumerate(functions):
            assert call(function) == (1, number, "third", number)
            assert call_last(function) == (1, "second", -number, "last")
    for defaults in (None, (), ("only",), ("a", "b", "c"), ("a", "b")):
        functions[1].__defaults__ = defaults
        show(call, functions[1])
        show(call_last, functions[1])
        show(call, functions[2])
    for defaults in (None, {}, {"last": "new"}, {"other": 1}, {"last": "new", "other": 1}):
        functions[0].__kwdefaults__ = defaults
        show(call, functions[0])
        show(functions[0], 1, 2, 3)
        show(call_last, functions[0])
    functions[0].__kwdefaults__["last"] = "changed"
    show(call, functions[0])
    del functions[0].__kwdefaults__["last"]
    show(call, functions[0])
    functions[2].__code__ = (lambda first, third: ("other", first, third)).__code__
    show(call, functions[2])
    show(call_last, functions[2])
    makers = [Maker(number) for number in range(3)]
    for _ in range(100):
        for number, maker in enumerate(makers):
            assert maker.method(5) == (number, 5, [number]) and maker.method(first=5, last=6) == (number, 5, 6)
    # Bound methods of builtin containers.
    table, items = {"a": 1, 2: "two"}, []
    get, append = table.get, items.append
    for number in range(100):
        assert get("a") == 1 and get(number, "none") == table.get(number, "none") and append(number) is None
    print(items == [*range(100)], get("b"), sum(table.keys() - {"a"}), sorted({3: 0, 1: 0}), max({"x": 5, "y": 7}.values()))
    for call_wrongly in (lambda: get(), lambda: get([]), lambda: get(1, 2, 3), lambda: append(), lambda: append(1, 2), lambda: sum(table), lambda: sorted(table)):
        show(call_wrongly)


check()
stop = threading.Event()
thread = threading.Thread(target=stop.wait)
thread.start()
check()
stop.set()
thread.join()
