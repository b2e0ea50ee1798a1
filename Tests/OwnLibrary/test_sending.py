"""What goes between interpreters beyond what CPython sends."""
import support

PROGRAM = '''
import math
import threading
import krait
from concurrent import interpreters

FACTOR = 3
LOCK = threading.Lock()

def scaled(number):
    return number * FACTOR

def countdown(number):
    return "done" if number == 0 else countdown(number - 1)

def outer(base):
    def increase():
        nonlocal base
        base += 1
        return base
    def current():
        return base
    def even(number): return number == 0 or odd(number - 1)
    def odd(number): return number != 0 and even(number - 1)
    return increase, current, even, lambda number, step=2, *, offset=5: (scaled(number), math.floor(2.5), step, offset, base)

def main():
    other = interpreters.create()
    there = interpreters.create_queue()
    back = interpreters.create_queue()
    other.prepare_main(there=there, back=back)
BODY
    other.close()

if __name__ == "__main__":
    main()
'''


class Sending(support.Case):
    def check(self, body, output="", models=support.MODELS):
        text = PROGRAM.replace("BODY", "".join(f"    {line}\n" for line in body.strip().splitlines()))
        for model in models:
            with self.subTest(model):
                result = self.krait(self.write("program.py", text), model=model)
                self.assertEqual((result.stdout, result.stderr, result.returncode), (output, "", 0))

    def test_calls_take_closures(self):
        self.check("""
increase, current, even, mixed = outer(10)
assert krait.call(other, increase) == 11 and current() == 10
assert other.call_raising(even, 7) is False
assert krait.call(other, mixed, 4, step=1) == (12, 2, 1, 5, 10)
assert krait.call(other, lambda f: f(), current) == 10
assert krait.call(other, countdown, 3) == "done"
made = krait.call(other, outer, 5)
assert [made[0](), made[0](), made[3](1)[0]] == [6, 7, 3]
""")

    def test_queues_take_closures(self):
        self.check("""
increase, current, even, mixed = outer(10)
there.put([increase, current, {"even": even}])
there.put(lambda number: number + FACTOR)
there.put(mixed)
other.exec("increase, current, more = there.get()")
other.exec("back.put((increase(), increase(), current(), more['even'](4))); back.put(there.get()(5)); back.put(there.get()(2))")
assert back.get() == (11, 12, 12, True), "functions that are sent together share their cells"
assert back.get() == 8 and back.get() == (6, 2, 2, 5, 10)
""")

    def test_functions_of_a_program_without_a_file(self):
        for model in support.MODELS:
            with self.subTest(model):
                text = (
                    "import krait\nfrom concurrent import interpreters\nfactor = 4\ndef scaled(number): return number * factor\n"
                    "def twice(number): return scaled(number) * 2\nother = interpreters.create()\nprint(krait.call(other, twice, 5))\nother.close()\n")
                result = self.krait("-c", text, model=model)
                self.assertEqual((result.stdout, result.stderr, result.returncode), ("40\n", "", 0))

    def test_what_cannot_be_sent_is_named(self):
        self.check("""
for send in (there.put, lambda function: krait.call(other, function)):
    try:
        send(lambda: LOCK)
    except interpreters.NotShareableError as error:
        print(type(error.__cause__).__name__, str(error.__cause__).partition(": ")[2])
""", "NotSendable cannot pickle '_thread.lock' object\n" * 2)

    def test_the_library_s_calls_refuse_closures_as_on_cpython(self):
        self.check("""
increase, *_ = outer(10)
try:
    other.call(increase)
except interpreters.NotShareableError as error:
    print(error)
""", "only stateless functions are shareable\n")


RECORDS = """
from dataclasses import dataclass, field

@dataclass(frozen=True)
class Point:
    x: float
    y: tuple
    name: str = "origin"

@dataclass(frozen=True, slots=True)
class Segment:
    ends: tuple
    data: bytes = b""

@dataclass(frozen=True)
class Listed:
    items: list

@dataclass
class Open:
    text: str

@dataclass(frozen=True)
class Reduced:
    text: str
    def __reduce__(self):
        return Reduced, ("reduced",)
"""


class Ends(support.Case):
    def test_interpreters_leave_nothing_of_the_modules_that_they_import(self):
        text = """
from concurrent import interpreters

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096

def work(count):
    for _ in range(count):
        other = interpreters.create()
        other.exec("import math, array, _csv, _struct, _datetime, _socket, select")
        other.close()

work(50)
before = resident()
work(200)
print((resident() - before) >> 20 < 4)
"""
        for model in support.MODELS:
            with self.subTest(model):
                result = self.krait(self.write("program.py", text), model=model)
                self.assertEqual((result.stdout, result.stderr, result.returncode), ("True\n", "", 0))


class FrozenDataclasses(support.Case):
    def check(self, body):
        self.write("records.py", RECORDS)
        lines = [
            "other = interpreters.create()", "there = interpreters.create_queue()", "back = interpreters.create_queue()",
            "other.prepare_main(there=there, back=back, folder=os.getcwd())", "other.exec('import sys; sys.path.insert(0, folder); from records import *')",
            *body.strip().splitlines(), "other.close()"]
        text = "import gc, os, krait\nfrom concurrent import interpreters\nfrom records import *\ndef main():\n" + "".join(f"    {line}\n" for line in lines) + "main()\n"
        for model in support.MODELS:
            with self.subTest(model):
                result = self.krait(self.write("program.py", text), model=model)
                self.assertEqual((result.stdout, result.stderr, result.returncode), ("", "", 0))

    def test_what_instances_refer_to_is_not_copied(self):
        self.check("""
point = Point(2.5, (1, "two", b"three" * 100), "a name of its own")
shared = krait.share(point)
assert shared == point and type(shared) is Point and shared is not point
segment = krait.share(Segment((point, point), bytes(5000)))
assert segment == Segment((point, point), bytes(5000))
there.put(shared)
there.put((segment, 5))
other.exec("point = there.get(); segment, five = there.get()")
other.exec("back.put((type(point) is Point, point == Point(2.5, (1, 'two', b'three' * 100), 'a name of its own'), hash(point), id(point.y), id(segment.data)))")
assert back.get() == (True, True, hash(point), id(shared.y), id(segment.data))
other.exec("back.put(segment); back.put(point)")
again, last = back.get(), back.get()
assert again == segment and again.data is segment.data and again.ends[0].y is segment.ends[0].y and last.y is shared.y
other.prepare_main(kept=shared)
other.exec("back.put(kept.y is point.y)")
assert back.get()
data = segment.data
del segment, again
assert len(data) == 5000 and shared == point
""")

    def test_what_can_change_is_refused(self):
        self.check("""
class Local:
    pass
for value in (Listed([1]), Open("text"), Reduced("text"), Point([], ()), (Point(1.0, ()), []), Point(1.0, (Local(),))):
    try:
        krait.share(value)
    except interpreters.NotShareableError as error:
        assert "can change and cannot be shared" in str(error), error
    else:
        raise AssertionError(value)
deep = ()
for _ in range(100_000):
    deep = (deep,)
try:
    krait.share(Point(1.0, deep))
except RecursionError:
    pass
""")

    def test_other_instances_go_by_pickle(self):
        self.check("""
there.put(Reduced(krait.share("a text")))
there.put(Listed([krait.share("a text")]))
other.exec("back.put((there.get().text, there.get().items))")
assert back.get() == ("reduced", ["a text"])
""")

    def test_memory_goes_with_the_last_interpreter(self):
        self.check("""
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096
before = resident()
for _ in range(12):
    there.put(krait.share(Point(1.0, tuple(bytes(1000) for _ in range(5000)) + (bytes(5_000_000),))))
    other.exec("back.put(len(there.get().y))")
    assert back.get() == 5001
gc.collect()
if krait.threading_model() != "none":
    assert resident() - before < 40 << 20
""")
