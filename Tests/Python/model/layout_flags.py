# __flags__ tells which class gives its instances attributes, room for them inside, and weak references; what a native base gives is not the subclass's.
import collections
import enum
import io
import types

INLINE_VALUES, MANAGED_WEAKREF, MANAGED_DICT = 1 << 2, 1 << 3, 1 << 4


def shown(type):
    return [name for name in ("INLINE_VALUES", "MANAGED_WEAKREF", "MANAGED_DICT") if type.__flags__ & globals()[name]]


bases = [
    object, list, dict, set, frozenset, int, float, str, bytes, bytearray, tuple, Exception, OSError, type, property, classmethod, staticmethod,
    types.ModuleType, types.SimpleNamespace, collections.OrderedDict, collections.deque, collections.defaultdict, io.BytesIO, io.StringIO, io.RawIOBase, super, enum.Enum,
]
for base in bases:
    for slots in None, (), ("a",), ("a", "__dict__"), ("__weakref__",):
        try:
            made = types.new_class("Made", (base,), {}, lambda names: names if slots is None else names.update(__slots__=slots))
            below = types.new_class("Below", (made,))
        except TypeError:
            continue
        print(base.__name__, slots, shown(made), shown(below), bool(made.__dictoffset__))
    print(base.__name__, shown(base))
