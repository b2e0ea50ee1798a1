"""A parser of XML that its handlers' files use."""
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
