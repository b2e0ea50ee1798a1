# Unpickling of containers: more items than fit the first table, several batches, keys that come twice, and items for containers that have some.

import pickle
import sys


class Key:
    def __init__(self, name):
        self.name = name

    def __eq__(self, other):
        return isinstance(other, Key) and self.name == other.name

    def __hash__(self):
        return hash(self.name)

    def __repr__(self):
        return f"Key({self.name!r})"


class Mapping(dict):
    def __setitem__(self, key, value):
        super().__setitem__(key, (value, "set"))


class Row(list):
    def extend(self, items):
        super().extend(("extended", item) for item in items)


for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    for count in (0, 1, 5, 6, 10, 11, 33, 1000, 1001, 2500):
        for value in ({str(n): n for n in range(count)}, {n: str(n) for n in range(count)}, {n if n % 2 else str(n): None for n in range(count)}, list(range(count))):
            again = pickle.loads(pickle.dumps(value, protocol))
            if again != value or list(again) != list(value):
                print("differs", protocol, count)
    print(pickle.loads(pickle.dumps([Mapping(a=1, b=2), Row([1, 2])], protocol)))
    print(pickle.loads(pickle.dumps({Key("a"): 1, Key("b"): [Key("c")], "text": {}}, protocol)))

# Keys that come twice, tables that are begun and added to, kinds of keys that change.
print(pickle.loads(b"\x80\x02}(K\x01K\x02K\x01K\x03U\x01aK\x04K\x01K\x05u."))
print(pickle.loads(b"\x80\x02}q\x00U\x01aK\x01s(K\x01K\x02U\x01bK\x03uU\x01aK\x09s."))
print(pickle.loads(b"\x80\x02](K\x01K\x02eK\x03a(K\x04e(e."))
for data in (b"\x80\x02}(K\x01u.", b"\x80\x02}(]K\x01u.", b"\x80\x02(K\x01e.", b"\x80\x02K\x01(K\x02e.", b"\x80\x02}(K\x01K\x02", b"\x80\x02}u."):
    try:
        print(pickle.loads(data))
    except Exception as error:
        print(type(error).__name__, error)

# What the items were held by is gone: counts are as before.
marker = object()
before = sys.getrefcount(marker)


class Loader(pickle.Unpickler):
    def persistent_load(self, name):
        return marker


class Saver(pickle.Pickler):
    def persistent_id(self, value):
        return "marker" if value is marker else None


import io

for _ in range(5):
    out = io.BytesIO()
    Saver(out).dump([[marker] * 40, {n: marker for n in range(40)}, {str(n): marker for n in range(40)}])
    read = Loader(io.BytesIO(out.getvalue())).load()
    print(len(read), [len(part) for part in read], sys.getrefcount(marker) - before)
    del read
print(sys.getrefcount(marker) - before)
