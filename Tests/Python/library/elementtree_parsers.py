"""Parsers and tree builders of xml.etree.ElementTree: events, targets, entities, document types, errors."""
import io
import warnings
import xml.etree.ElementTree as ET
from collections import deque
import _elementtree


def show(label, function, *arguments, **keywords):
    try:
        result = function(*arguments, **keywords)
    except BaseException as error:
        result = f"{type(error).__name__}: {error}"
    print(label, result)


def plain(value):
    return [(event, node.tag if isinstance(node, ET.Element) else node) for event, node in value]


# Builders.
builder = ET.TreeBuilder()
builder.data("ignored")
a = builder.start("a", {})
print(a.tag, a.attrib, builder.data("5"))
builder.start("b", {"x": "y"})
print(builder.end("whatever").tag)
builder.data("t")
builder.data("u")
builder.end("a")
builder.data("late")
print(a.text, a[0].tail, a.tail, a[0].attrib, builder.close() is a)
show("second", builder.start, "c", {})
show("tag", ET.TreeBuilder().start, "c", 5)
show("end", ET.TreeBuilder().end, "c")
show("close", ET.TreeBuilder().close)
for text in ("ET.TreeBuilder(1, 2)", "ET.TreeBuilder(x=1)", "ET.TreeBuilder().start('a')", "ET.TreeBuilder().pi()", "ET.XMLParser(1)", "ET.XMLParser(encoding=5)",
             "ET.XMLParser(encoding='a\\0b')", "ET.XMLParser(encoding='nonsense').feed('<a/>')", "ET.XMLParser(encoding='nonsense').feed(b'<a/>')",
             "ET.XMLParser().feed(5)", "ET.XMLParser().close()", "ET.XMLParser(target=5).close()", "ET.XMLParser()._setevents([], 5)", "ET.XMLParser()._setevents([], ['bogus'])",
             "ET.XMLParser()._setevents([], [5])", "ET.XMLParser()._setevents(5)", "ET.XMLParser(target=5)._setevents([])", "ET.XMLParser()._parse_whole(5)",
             "ET.XMLParser.__new__(ET.XMLParser).feed('x')", "ET.XMLParser.__new__(ET.XMLParser).close()", "ET.XMLParser.__new__(ET.XMLParser).flush()",
             "ET.XMLParser.__new__(ET.XMLParser).target", "ET.XML('<a>\\ud800</a>')", "ET.XMLParser().entity", "ET.XMLParser().flush()"):
    show(text, eval, text)
builder = ET.TreeBuilder()
builder.start("a", {})
builder.data(5)
builder.end("a")
print(builder.close().text)
builder = ET.TreeBuilder()
builder.start("a", {})
builder.data(5)
builder.data("x")
builder.end("a")
show("joined", lambda: builder.close().text)


class Node:
    text = tail = None

    def __init__(self, tag, attributes):
        self.tag, self.attributes, self.children = tag, attributes, []

    def append(self, child):
        self.children.append(child)


parser = ET.XMLParser(target=ET.TreeBuilder(Node))
parser.feed("<a>x\ny<b q='1'>z</b>t&amp;u</a>")
node = parser.close()
print(node.tag, node.attributes, node.text, node.children[0].tail, node.children[0].attributes, node.children[0].text)

# Comments and instructions.
source = "<!--0--><?p 0?><a xmlns='u' xmlns:k='v'>x<!--1-->y<?q r?>z<k:b k:m='1'/>w<!--2-->v</a><!--3-->"
for options in ({}, {"insert_comments": True}, {"insert_pis": True}, {"insert_comments": 1, "insert_pis": [0]}, {"comment_factory": lambda text: ("c", text), "pi_factory": lambda *rest: rest}):
    parser = ET.XMLParser(target=ET.TreeBuilder(**options))
    queue = deque() if len(options) == 1 else []
    parser._setevents(queue, ("start", "end", "comment", "pi", "start-ns", "end-ns"))
    parser.feed(source)
    root = parser.close()
    print([event for event, _ in queue], [child.tag if isinstance(child.tag, str) else child.text for child in root], root.text, [child.tail for child in root])
old = _elementtree._set_factories(None, None)
print([factory.__name__ for factory in old])
parser = ET.XMLParser(target=ET.TreeBuilder(insert_comments=True, insert_pis=True))
queue = []
parser._setevents(queue, ("comment", "pi", b"end"))
parser.feed(source)
print(plain(queue), ET.tostring(parser.close()))
builder = ET.TreeBuilder()
print(builder.comment("x"), builder.pi("y"), builder.pi("y", "z"))
show("factories", _elementtree._set_factories, 5, None)
show("factories", _elementtree._set_factories, None, 5)
print(_elementtree._set_factories(*old))

# Events.
pull = ET.XMLPullParser(("start", "end"))
for piece in ("<a><b at='1'>te", "xt</b><c", "/>tail", "</a>"):
    pull.feed(piece)
    pull.flush()
    print(plain(pull.read_events()))
pull.close()
print(plain(pull.read_events()))
print(plain(ET.iterparse(io.BytesIO(b"<a><b/>x<c>y</c></a>"))), plain(ET.iterparse(io.StringIO("<a><b/></a>"), ("start", "end", "comment"))))


class Full(list):
    def append(self, item):
        raise OverflowError("full")


parser = ET.XMLParser()
parser._setevents(Full())
show("full", parser.feed, "<a><b/></a>")

# Other targets.
class Target:
    def __getattr__(self, name):
        if name in ("doctype", "close") or name.startswith("__"):
            raise AttributeError(name)
        return lambda *arguments: print("  ", name, arguments)


parser = ET.XMLParser(target=Target())
parser.entity["zz"] = "ZZ"
parser.feed(b"<?xml version='1.0' encoding='iso-8859-1'?><!DOCTYPE a SYSTEM 'q'><a xmlns='u' xmlns:k='v' at='\xe4'>x\ny<k:b k:m='1'>&zz;</k:b><!--c--><?pi d?><?pj?></a>")
print(parser.close(), parser.entity, type(parser.target).__name__, parser.version.startswith("Expat "))


class Failing:
    def start(self, tag, attributes):
        print("  start", tag)
        if tag == "b":
            raise ValueError(tag)

    def end(self, tag):
        print("  end", tag)

    def close(self):
        return 7


parser = ET.XMLParser(target=Failing())
show("failing", parser.feed, "<a><b/><c/>")
show("going on", parser.feed, "<d/></a>")
show("close", parser.close)


class Refusing:
    def __getattr__(self, name):
        raise (ZeroDivisionError if name == "close" else AttributeError)(name)


show("refusing", lambda: ET.XMLParser(target=Refusing()))


class Sizes:
    def data(self, text):
        print("  ", len(text))


for data in ("<a>" + "x" * 3000000 + "</a>", b"<a>" + b"x" * 3000000 + b"</a>"):
    parser = ET.XMLParser(target=Sizes())
    parser.feed(data)
    parser.close()

# Initialising again.
parser = ET.XMLParser()
parser.feed("<a>")
parser.__init__()
parser.feed("<b/>")
print(parser.close().tag)

# Document types.
class Typed(ET.XMLParser):
    def doctype(self, *arguments):
        print("never", arguments)


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    parser = Typed()
    parser.feed("<!DOCTYPE a PUBLIC 'p' 's'><a/>")
    print(parser.close().tag, [(item.category.__name__, str(item.message)) for item in caught])
    warnings.simplefilter("error")
    show("warned", Typed().feed, "<!DOCTYPE a PUBLIC 'p' 's'><a/>")


class TypedTarget:
    def doctype(self, *arguments):
        print("  doctype", arguments)

    def data(self, text):
        print("  data", text)

    def close(self):
        return 3


parser = ET.XMLParser(target=TypedTarget())
parser.feed("<!DOCTYPE a PUBLIC 'p' 's' [<!ENTITY x 'y'>]><a>&x;</a>")
print(parser.close())

# Entities and errors.
def entity(value):
    parser = ET.XMLParser()
    if value is not None:
        parser.entity["foo"] = value
    parser.feed("<!DOCTYPE a SYSTEM 'x'><a>x&foo;y</a>")
    return parser.close().text


for value in ("bar", "", None, 5):
    show("entity", entity, value)
for text in ("<a>", "<a></b>", "<a>&x;</a>", "", "<a b='1' b='2'/>", "<a/><b/>", "<a>\n  <b></c></a>", "text", b"<a>\xff</a>", "<a:b/>"):
    try:
        ET.XML(text)
    except ET.ParseError as error:
        print(text, error, error.code, error.position, error.args, error.lineno)
print(ET.ParseError.__mro__[1], ET.ParseError.__module__)

# Whole files.
class File:
    def __init__(self, *pieces):
        self.pieces = list(pieces)

    def read(self, size):
        print("  read", size)
        return self.pieces.pop(0)


for pieces in (("<a>", "x", "</a>", ""), (b"<a>", b"\xc3\xa4", b"</a>", b""), ("<a>", "</a>", 5), ("<a>", "x\ud800", "</a>", ""), (bytearray(b"<a/>"), b"")):
    show("whole", lambda: ET.tostring(ET.XMLParser()._parse_whole(File(*pieces)), "unicode"))
for encoding, body in (("ascii", "a"), ("iso-8859-1", "\xbd"), ("cp437", "\u221a"), ("utf-16", "\u4e2d")):
    print(ET.parse(io.StringIO(f"<?xml version='1.0' encoding='{encoding}'?><a>{body}</a>")).getroot().text == body)
print(ET.XMLParser(target=Sizes())._parse_whole(io.BytesIO(b"<a/>")))
