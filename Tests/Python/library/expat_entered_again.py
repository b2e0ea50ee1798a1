"""Handlers and files of a parser of XML that use the parser itself."""
import sys
from xml.parsers import expat


class File:
    def __init__(self, parser):
        self.parser = parser
        self.pieces = [b"<a><b>", b"text</b>", b"</a>", b""]

    def read(self, size):
        return self.pieces.pop(0)


parser = expat.ParserCreate()
parser.StartElementHandler = lambda name, attributes: print("start", name, attributes)
parser.EndElementHandler = lambda name: print("end", name)
parser.CharacterDataHandler = lambda text: print("text", text)
print(parser.ParseFile(File(parser)))

# The library takes no more input while it is at it: an error here, undefined behaviour with CPython.
if "krait" in sys.builtin_module_names:
    parser = expat.ParserCreate()

    def start(name, attributes):
        for enter in (lambda: parser.Parse(b"<c/>"), lambda: parser.ParseFile(File(parser))):
            try:
                enter()
            except RuntimeError as error:
                assert str(error) == "the parser is already parsing", error
            else:
                raise AssertionError("the parser was entered again")

    parser.StartElementHandler = start
    assert parser.Parse(b"<a><b/></a>", True) == 1
print("done")
