"""Searches, iterators, copies and pickles of elements, and code that changes the tree in the middle of them."""
import copy
import pickle
import xml.etree.ElementTree as ET


def show(label, function, *arguments, **keywords):
    try:
        result = function(*arguments, **keywords)
    except BaseException as error:
        result = f"{type(error).__name__}: {error}"
    print(label, result)


def name(element):
    return None if element is None else element.tag


tree = ET.XML("<a x='1'>1<b>2<c>3</c>4</b>5<d/>6<b y='z'>7</b><e.f/><n:g xmlns:n='u'/></a>")
for path in ("b", "c", "d", "e.f", "{u}g", "{*}g", "{}b", "*", ".", "./b", ".//c", "b/c", "b[2]", "b[@y]", "@x", "", None, 5, b"b", b"b/c"):
    show(f"find {path}", lambda: name(tree.find(path)))
    show(f"findtext {path}", tree.findtext, path, "-")
    show(f"findall {path}", lambda: [child.tag for child in tree.findall(path)])
    show(f"iterfind {path}", lambda: [child.tag for child in tree.iterfind(path)])
spaces = {"p": "u"}
print(name(tree.find("p:g", spaces)), tree.findtext("p:g", namespaces=spaces), len(tree.findall("p:g", spaces)), len(list(tree.iterfind("p:g", namespaces=spaces))))
print(tree.findtext("d"), tree.findtext("nothing"), tree.findtext("nothing", default=1), ET.Element("q").find("a"), ET.Element("q").findall("a"))

for tag in (None, "*", b"*", "b", "", "c", 5, b"b"):
    print(tag, [element.tag for element in tree.iter(tag)])
print(list(tree.itertext()), list(tree[0].itertext()), list(tree[1].itertext()))
for tag in ("x", b"x", None, 5, ET.Comment, ET.PI):
    root = ET.Element("r")
    element = ET.SubElement(root, tag)
    element.text, element.tail = "T", "Z"
    child = ET.SubElement(element, "k")
    child.text, child.tail = "K", "L"
    print(list(root.itertext()), list(element.itertext()), list(child.itertext()))
tree[0].text, tree[1].tail = 5, ["q"]
print(list(tree.itertext()))
iterator = tree.iter()
print(next(iterator).tag, iter(iterator) is iterator)
tree.clear()
print(list(iterator), list(iterator))

# Copies.
element = ET.XML("<a x='1'>p\nq&amp;r<b y='2'>s</b>t<!-- -->u</a>")
shallow = copy.copy(element)
print(shallow is element, shallow.tag, shallow.text, shallow.attrib is element.attrib, shallow[0] is element[0], len(shallow))
deep = copy.deepcopy(element)
print(deep.tag, deep.text, deep.attrib, deep.attrib is element.attrib, deep[0] is element[0], deep[0].tail, ET.tostring(deep) == ET.tostring(element))
element = ET.Element("a")
element.append(element)
shared = ET.SubElement(element, "b")
element.append(shared)
del element[0]
deep = copy.deepcopy(element)
print(deep[0] is deep[1], deep[0] is shared)
element = ET.Element("a", {"k": ["list"]})
element.text = ["text"]
deep = copy.deepcopy(element)
print(deep.attrib, deep.attrib["k"] is element.attrib["k"], deep.text, deep.text is element.text)
memo = {}
deep = element.__deepcopy__(memo)
print(memo[id(element)] is deep)


class Sub(ET.Element):
    pass


print(type(copy.copy(Sub("a"))).__name__, type(copy.deepcopy(Sub("a"))).__name__)

# Pickles.
element = Sub("a", {"q": "r"})
element.own = 3
ET.SubElement(element, "b").text = "x"
for protocol in range(6):
    try:
        again = pickle.loads(pickle.dumps(element, protocol))
    except TypeError as error:
        print(protocol, error)
    else:
        print(protocol, type(again).__name__, again.attrib, again[0].text, getattr(again, "own", None))
print(ET.Element("a", b="c").__getstate__())
element = ET.Element("q", k="v")
element.append(ET.Element("old"))
for state in (
    1, {"a": 1}, {}, {"tag": "x", "_children": 3}, {"tag": "x", "_children": [3]}, {"tag": "x", "text": ["a", "b"], "tail": ["c"]}, {"tag": "y", "attrib": {"m": "n"}},
    {"tag": "z", "_children": [ET.Element("new"), ET.Element("er")]}, {"tag": "w", 5: 6},
):
    show("state", element.__setstate__, state)
    print(element.tag, element.text, element.tail, element.attrib, [child.tag for child in element])

# Code in the middle.
root = ET.Element("root")


class Clears(ET.Element):
    def __eq__(self, other):
        root.clear()
        return self.answer


class Grows(ET.Element):
    def __eq__(self, other):
        root.insert(0, ET.Element("n"))
        return True


class Shrinks(ET.Element):
    def __eq__(self, other):
        if self.tag == "z":
            del root[1:]
        return self.tag == "z"


class Replaces(ET.Element):
    def __eq__(self, other):
        if self.tag == "y":
            root[:] = [ET.Element(letter) for letter in "abc"]
        return self.tag == "y"


for answer in (False, True):
    Clears.answer = answer
    for cls in (Clears, Grows, Shrinks, Replaces):
        root.clear()
        for letter in "xyz":
            root.append(cls(letter))
        show(f"remove {cls.__name__}", root.remove, ET.Element("q"))
        print([child.tag for child in root])


class Tag(str):
    def __eq__(self, other):
        root.clear()
        return False

    __hash__ = str.__hash__


for search in (lambda: root.find("q"), lambda: root.findall("q"), lambda: root.findtext("q", "-"), lambda: [e.tag for e in root.iter("q")]):
    root.clear()
    for letter in "xyz":
        root.append(ET.Element(Tag(letter)))
    show("search", search)


class Copies(ET.Element):
    def __deepcopy__(self, memo):
        root.clear()
        return ET.Element("n")


root.clear()
for letter in "xyz":
    root.append(Copies(letter))
print([child.tag for child in copy.deepcopy(root)])


class Index:
    def __index__(self):
        root.clear()
        return 0


for use in (lambda: root[Index()], lambda: root[Index():2], lambda: root.insert(Index(), ET.Element("i"))):
    root.clear()
    for letter in "xyz":
        ET.SubElement(root, letter)
    show("index", use)


class Key(str):
    def __hash__(self):
        root.clear()
        return 5


root.set(Key("x"), 1)
print(root.attrib)
root.attrib = {"k": "v"}
show("get", root.get, Key("k"))
