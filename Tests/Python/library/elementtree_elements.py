"""Elements of xml.etree.ElementTree: making, attributes, texts, children, subscripts, and the messages of their errors."""
import inspect
import sys
import warnings
import weakref
import gc
import xml.etree.ElementTree as ET
import _elementtree


def show(label, function, *arguments, **keywords):
    try:
        result = function(*arguments, **keywords)
    except BaseException as error:
        result = f"{type(error).__name__}: {error}"
    print(label, result)


def tags(element):
    return "".join(child.tag for child in element)


def made(text):
    element = ET.Element("root")
    for character in text:
        ET.SubElement(element, character)
    return element


print(sorted(name for name in vars(_elementtree) if not name.startswith("__")))
for cls in (ET.Element, ET.TreeBuilder, ET.XMLParser, type(ET.Element("a").iter())):
    print(cls, cls.__module__, cls.__qualname__, cls.__mro__[1:], cls.__weakrefoffset__ != 0)
    for name, value in sorted(vars(cls).items()):
        if not name.startswith("__") or name in ("__copy__", "__deepcopy__", "__getstate__", "__setstate__", "__sizeof__"):
            print("  ", name, type(value).__name__, getattr(value, "__text_signature__", None))
print(inspect.signature(ET._set_factories), ET.SubElement.__text_signature__)

# Making elements.
for arguments, keywords in (
    ((), {}), (("a", 5), {}), (("a", {}, 1), {}), (("a",), {"attrib": 5}), (("a", {"x": 1}), {"attrib": {"y": 2}, "z": 1}),
    (("a",), {"attrib": {"y": 2}, "z": 1}), ((), {"tag": "a"}), (("a", None), {}), (("a",), {"attrib": None}), (("a",), {"b": 1, "c": 2}), (("a", {}), {}),
):
    show("Element", lambda: ET.Element(*arguments, **keywords).attrib)
    show("SubElement", lambda: ET.SubElement(ET.Element("p"), *arguments, **keywords).attrib)
for arguments in ((), (1,), (1, 2), (None, "a"), ("a", "b", {}), (ET.Element("a"), "b", None)):
    show("SubElement", ET.SubElement, *arguments)
given = {"x": "1"}
element = ET.Element("a", given)
print(element.attrib == given, element.attrib is given, element.attrib is element.attrib)
blank = ET.Element.__new__(ET.Element, 1, 2, x=3)
print(blank.tag, blank.text, blank.tail, blank.attrib, len(blank))

# Initialising again.
element = ET.Element("a", x="1")
element.text = "t"
ET.SubElement(element, "b")
element.__init__("c")
print(element.tag, element.attrib, len(element), element.text)
element.__init__("d", {"y": "2"})
print(element.tag, element.attrib, len(element), element.text)

# Attributes of the object.
element = ET.Element("a")
for name in ("tag", "text", "tail", "attrib"):
    show(f"del {name}", delattr, element, name)
    show(f"set {name}", setattr, element, name, [name])
    show(f"get {name}", getattr, element, name)
show("other", setattr, element, "other", 1)
element.attrib = given
print(element.attrib is given, element.get("x"), element.get("y"), element.get("y", 5), element.get(key="x", default=1), element.keys(), element.items())
element.set("z", 3)
print(given, ET.Element("b").keys(), ET.Element("b").items())
show("get", element.get, [])
show("set", element.set, [], 1)

# Methods' errors.
for name, arguments in (
    ("append", (1,)), ("append", ()), ("append", (1, 2)), ("extend", (1,)), ("extend", ([1],)), ("extend", ()), ("insert", (0, 1)), ("insert", ("a", element)), ("insert", (0,)),
    ("remove", (1,)), ("remove", (element,)), ("remove", ()), ("makeelement", (1, 2)), ("makeelement", (1,)), ("set", (1,)), ("get", ()), ("get", (1, 2, 3)), ("find", ()),
    ("findtext", ()), ("items", (1,)), ("keys", (1,)), ("clear", (1,)), ("iter", (1, 2)), ("itertext", (1,)), ("__copy__", (1,)), ("__deepcopy__", (1,)), ("__deepcopy__", ()),
    ("__setstate__", ()),
):
    show(f"{name}{'(' + str(len(arguments)) + ')'}", getattr(element, name), *arguments)
show("append keyword", element.append, subelement=element)
show("find keyword", element.find, path="q", other=1)

# Children.
root = made("abc")
root.append(ET.Element("d"))
root.extend(made("ef"))
root.extend(child for child in made("gh"))
root.extend(root)
print(len(root), tags(root))
for index in (0, 3, 100, -1, -3, -100):
    root = made("abc")
    root.insert(index, ET.Element("x"))
    print(index, tags(root))
root = made("abcb")
second = root[1]
root.remove(second)
print(tags(root), second in root, root[0] in root)
show("remove", root.remove, second)
root.attrib["q"] = "r"
root.text = root.tail = "t"
root.clear()
print(root.tag, root.attrib, root.text, root.tail, len(root))
print(ET.Element("a").makeelement("b", {"c": "d"}).attrib, ET.Element("a").makeelement("b", {}).attrib)

# Subscripts.
big = 10**30
for key in (0, 1, -1, 2, -3, big, -big, True, "a", 1.5, None, slice(0, 1), slice("a"), slice(None, None, 0), slice(big), slice(-big, big)):
    show(f"get {key!r:.20}", lambda: made("ab")[key].tag if not isinstance(key, slice) else [child.tag for child in made("ab")[key]])
    root = made("ab")
    show(f"set {key!r:.20}", root.__setitem__, key, ET.Element("z"))
    print(tags(root))
    root = made("ab")
    show(f"set list {key!r:.20}", root.__setitem__, key, [ET.Element("z")])
    print(tags(root))
    root = made("ab")
    show(f"del {key!r:.20}", root.__delitem__, key)
    print(tags(root))
for part in (slice(1, 3), slice(None, None, 2), slice(None, None, -1), slice(5, 1, -2), slice(10, 20), slice(-3, None), slice(4, None, 3), slice(2, 2)):
    root = made("uvwxyz")
    print(part, "".join(child.tag for child in root[part]))
    for new in ("", "1", "12", "123", "123456"):
        root = made("uvwxyz")
        show(new, root.__setitem__, part, list(made(new)))
        print(tags(root))
    root = made("uvwxyz")
    del root[part]
    print(tags(root))
root = made("ab")
show("no iterable", root.__setitem__, slice(0, 1), 5)
show("no element", root.__setitem__, slice(0, 1), [5])
show("no element", root.__setitem__, 0, "x")
root[0:1] = root
root[:] = (child for child in made("xyz"))
print(tags(root), ET.Element("q")[1:], ET.Element("q")[::-1])

# As a sequence.
root = made("abc")
print(hasattr(ET.Element, "__iter__"), type(iter(root)).__name__, [child.tag for child in reversed(root)], list(iter(ET.Element("e"))))
iterator = iter(root)
print(next(iterator).tag, iterator.__length_hint__())
del root[1:]
print(list(iterator), list(iterator))
root.append(ET.Element("d"))
print(list(iterator))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(bool(root), bool(ET.Element("a")), not root)
print([(item.category.__name__, str(item.message)) for item in caught])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    show("bool", bool, root)
print(ET.Element("a") == ET.Element("a"), isinstance(hash(root), int), root != root)
show("add", lambda: root + 1)

# Representations.
print(repr(ET.Element("a")).startswith("<Element 'a' at 0x"), repr(ET.Element(("b", 1)))[:20])


class Sub(ET.Element):
    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self.own = 1


element = Sub("s", p="q")
element.tag = element
show("repr", repr, element)
element.tag = "s"
print(repr(element)[:12], element.own, element.attrib, type(element).__name__, vars(element))

# Weak references and cycles.
reference = weakref.ref(element)
element.append(element)
element.own = element
del element
gc.collect()
print(reference())
element = ET.Element("a")
reference = weakref.ref(element, lambda _: print("gone"))
iterator = element.iter()
del element
print(reference() is not None)
del iterator
for cls in (ET.TreeBuilder, ET.XMLParser):
    show("weak", weakref.ref, cls())
show("made", type(ET.Element("a").iter()))
show("pickled", (ET.Element("a").iter()).__reduce_ex__, 2)

# A deep tree ends without deep recursion.
root = element = ET.Element("a")
for _ in range(100000):
    element = ET.SubElement(element, "a")
del element
print(sum(1 for _ in root.iter()))
del root
print(sys.getsizeof(ET.Element("a")) <= sys.getsizeof(made("abcdefghijkl")))
