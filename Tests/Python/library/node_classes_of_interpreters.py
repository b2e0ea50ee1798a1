"""The classes of ast are an interpreter's own: what one sets, another does not see, and its end takes it along."""
import ast
import gc
import sys
import warnings
from concurrent import interpreters

ast.AST.note = ["main"]
ast.AST.describe = lambda self: type(self).__name__ + " described"

code = """
import ast
print(hasattr(ast.AST, "note"), hasattr(ast.Name, "describe"))
ast.AST.note = {number: [number] for number in range(100)}
ast.AST.__repr__ = lambda self: "a node"
print(len(ast.Name.note), ast.parse("x + 1"), ast.AST())
"""
for _ in range(3):
    other = interpreters.create()
    sys.stdout.flush()
    other.exec(code)
    other.close()
    gc.collect()
    print(ast.AST.note, ast.parse("x").body[0].value.describe(), repr(ast.AST()))

# Attributes that the compiler's nodes are made by.
fields = ast.AST._fields
del ast.AST._fields
for arguments in ({}, {"name": 1}):
    try:
        ast.AST(**arguments)
    except AttributeError as error:
        print(error)
ast.AST._fields = fields
print(ast.AST(), ast.AST.__bases__, ast.AST.__mro__, ast.AST.__base__, ast.expr.__base__)
print(sum(cls is ast.AST for cls in object.__subclasses__()), ast.AST.__dict__["__init__"], ast.AST.__dict__["__replace__"])
for call in (lambda: ast.AST.__init__(1), lambda: ast.AST.__replace__(1), lambda: ast.AST.nothing, lambda: ast.AST().nothing, lambda: ast.Name.nothing):
    try:
        call()
    except (TypeError, AttributeError) as error:
        print(type(error).__name__, error)

former = sys.modules.pop("_ast")
import _ast
print(_ast is former, _ast.AST is former.AST, _ast.Name is ast.Name, type(compile("x", "x", "eval", ast.PyCF_ONLY_AST)) is _ast.Expression)


# Keywords that are no str are looked at by nodes, by nothing else.
class Key:
    def __init__(self, text):
        self.text = text

    def __hash__(self):
        return hash(self.text)

    def __eq__(self, other):
        return isinstance(other, str) and other == self.text

    def __repr__(self):
        return f"<{self.text}>"


class Node(ast.AST):
    def __init__(self, **keywords):
        print(keywords)


with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    for call in (
        lambda: ast.Name(**{Key("other"): 1}),
        lambda: ast.Name("x", **{Key("id"): 1}),
        lambda: ast.Name("x").__replace__(**{Key("other"): 1}),
        lambda: ast.Name("x").__replace__(**{1: 1}),
        lambda: Node(**{1: 1}),
        lambda: print(**{1: 1}),
        lambda: dict(**{1: 1}),
        lambda: int(**{1: 1}),
        lambda: [].sort(**{1: 1}),
    ):
        try:
            print(call())
        except TypeError as error:
            print(type(error).__name__, error)
    print([str(warning.message) for warning in seen])
