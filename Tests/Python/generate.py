#!/usr/bin/env python3
"""Writes random Python programs that are valid, end soon, and print what they do.

    generate.py --count N --seed S -o DIR

The program of a seed is always the same. A program is a few functions, classes and generators and a main part; it catches the exceptions of
each statement group and prints their class and text, prints variables as it goes, and its loops and calls are bounded by a budget of steps.
"""

import argparse
import pathlib
import random

HEADER = '''# A generated program: seed {seed}.
import sys

budget = {budget}


class Exhausted(BaseException):
    pass


def tick():
    global budget
    budget -= 1
    if budget < 0:
        raise Exhausted("budget")


def text(value, depth=0):
    if depth > 4:
        return "..."
    if type(value) in (set, frozenset):
        return type(value).__name__ + "{{" + ", ".join(sorted(text(item, depth + 1) for item in value)) + "}}"
    if type(value) in (list, tuple):
        return type(value).__name__[0] + "(" + ", ".join([text(item, depth + 1) for item in value[:12]]) + (", +%d" % (len(value) - 12) if len(value) > 12 else "") + ")"
    if type(value) is dict:
        return "d(" + ", ".join([text(k, depth + 1) + ": " + text(v, depth + 1) for k, v in list(value.items())[:12]]) + ")"
    if isinstance(value, (int, float, complex, str, bytes, bytearray, range, slice, type(None), type(...), type(NotImplemented))):
        try:
            shown = repr(value)
        except ValueError:
            return "huge"
        return shown if len(shown) < 120 else shown[:100] + "~%d" % len(shown)
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, BaseException):
        return type(value).__name__ + "(" + str(value)[:120] + ")"
    return "<" + type(value).__name__ + ">"


def small(value):
    """Keeps numbers and containers from growing without end."""
    if isinstance(value, int) and not -10**30 < value < 10**30:
        return value % 1000003
    if isinstance(value, (str, bytes, list, tuple)) and len(value) > 60:
        return value[:60]
    return value


'''

ARITHMETIC = ["+", "-", "*", "/", "//", "%", "&", "|", "^"]
COMPARISON = ["<", "<=", ">", ">=", "==", "!=", "in", "not in", "is", "is not"]
STRINGS = ["", "a", "abc", "Hello World", "x,y,,z", "  pad ", "12", "-7", "3.5", "naïve", "日本", "\\U0001f600", "tab\\tnew\\n", "'\\\"", "{}", "%s", "0x1f", "AbC", "é", "spam " * 3]
FLOATS = ["0.0", "-0.0", "1.5", "-2.25", "1e10", "1e-5", "0.1", "1e300", "123456.789", "float('inf')", "float('nan')", "3.0"]
INTEGERS = ["0", "1", "-1", "2", "3", "7", "-5", "10", "255", "1000", "2**31", "-2**31", "2**62", "2**63 - 1", "2**64", "-2**63", "10**20", "True", "False"]
STRING_METHODS = ["upper()", "lower()", "title()", "swapcase()", "strip()", "split()", "split(',')", "rsplit(None, 1)", "splitlines()", "capitalize()", "isalpha()", "isdigit()", "isspace()", "islower()",
                  "find('a')", "rfind('l')", "index('b')", "count('a')", "replace('a', 'bb')", "replace('', '-', 3)", "center(9, '*')", "ljust(6)", "rjust(8, '.')", "zfill(7)", "partition('l')", "rpartition(',')",
                  "startswith('a')", "endswith(('c', 'd'))", "encode()", "encode('ascii', 'replace')", "expandtabs(4)", "casefold()", "join(['p', 'q', 'r'])", "format(1, 2)", "isidentifier()", "removeprefix('a')", "translate({97: 'A', 98: None})"]
LIST_METHODS = ["append({v})", "extend({i})", "insert({n}, {v})", "pop()", "pop({n})", "remove({v})", "reverse()", "sort()", "sort(key=str)", "sort(key=text, reverse=True)", "index({v})", "count({v})", "copy()", "clear()"]
DICT_METHODS = ["get({v})", "get({v}, {w})", "setdefault({h}, {v})", "pop({h})", "pop({h}, None)", "update({d})", "keys()", "items()", "popitem()", "copy()", "clear()"]
SET_METHODS = ["add({h})", "discard({h})", "remove({h})", "union({i})", "intersection({i})", "difference({i})", "symmetric_difference({i})", "issubset({i})", "isdisjoint({i})", "update({i})", "copy()"]
BUILTINS = ["len({x})", "abs({x})", "str({x})", "int({x})", "float({x})", "bool({x})", "list({x})", "tuple({x})", "sorted({x})", "sum({x})", "min({x})", "max({x})", "type({x})", "isinstance({x}, int)", "isinstance({x}, (str, list))",
            "round({x})", "round({x}, 2)", "divmod({x}, {y})", "pow({n}, {m})", "hash({s}) is not None", "ord({x})", "chr({n})", "hex({x})", "bin({x})", "oct({x})", "any({x})", "all({x})", "list(enumerate({x}))", "list(zip({x}, {y}))",
            "list(map(str, {x}))", "list(filter(None, {x}))", "list(reversed({x}))", "set({x})", "frozenset({x})", "dict({x})", "bytes({x})", "range({n})", "list(range({n}, {m}, 3))", "callable({x})", "complex({x})", "repr({s})",
            "ascii({s})", "format({x})", "format({x}, '>8')", "format({f}, '.3f')", "next(iter({x}))", "next(iter({x}), 'none')", "slice({x}, {y})", "list({x})[::-1]", "iter({x}).__next__()", "hasattr({x}, 'upper')",
            "getattr({x}, 'real', 'no')", "sum({x}, {y})", "max({x}, default=0)", "max({x}, {y}, key=text)", "str.join('-', map(text, {x}))", "dict.fromkeys({x}, {y})", "bytearray({x})", "memoryview({x})[0]"]
FORMATS = ["{x}", "{x!r}", "{x!s:>10}", "{x:5}", "{n:05d}", "{n:x}", "{f:.3f}", "{f:10.2e}", "{n:,}", "{s:^9}", "{x!a:.6}", "{n:+}", "{f:g}", "{n:b}", "{s:*<7}", "{n:#o}", "{f:%}"]
ERRORS = ["ValueError", "TypeError", "KeyError", "IndexError", "ZeroDivisionError", "AttributeError", "RuntimeError", "LookupError", "ArithmeticError", "Exception", "OverflowError", "StopIteration", "NameError", "AssertionError"]
METHODS = ["__add__", "__sub__", "__mul__", "__radd__", "__eq__", "__lt__", "__getitem__", "__len__", "__contains__", "__call__", "__bool__", "__iter__", "__neg__", "__str__", "__getattr__", "__enter__", "__hash__", "__iadd__", "__rmul__", "__or__", "__index__", "__format__", "__missing__", "__setitem__", "__del__"]


class Writer:
    """Writes one program."""

    def __init__(self, seed):
        self.seed = seed
        self.random = random.Random(seed)
        self.lines = []
        self.depth = 0
        self.scopes = [[]]
        self.typed = [{"num": [], "str": [], "lst": []}]
        self.functions = []
        self.generators = []
        self.classes = []
        self.loops = 0
        self.in_function = False
        self.in_generator = False
        self.label = 0

    # -- small parts

    def chance(self, probability):
        return self.random.random() < probability

    def pick(self, items):
        return items[self.random.randrange(len(items))]

    def add(self, line):
        self.lines.append("    " * self.depth + line)

    def fresh(self, prefix="v"):
        self.label += 1
        return f"{prefix}{self.label}"

    def names(self):
        return [name for scope in self.scopes for name in scope]

    def name(self):
        names = self.names()
        return self.pick(names) if names else "0"

    def introduce(self, name=None):
        if name is None:
            own = self.scopes[-1]
            name = self.pick(own) if own and self.chance(0.45) else self.fresh()
        if name not in self.scopes[-1]:
            self.scopes[-1].append(name)
        return name

    # -- expressions

    def integer(self):
        return self.pick(INTEGERS) if self.chance(0.6) else str(self.random.randrange(-20, 100))

    def atom(self):
        kind = self.random.randrange(12)
        if kind < 5 and self.names():
            return self.name()
        if kind < 7:
            return self.wrapped(self.integer())
        if kind == 7:
            return self.pick(FLOATS)
        if kind < 10:
            return self.literal_string()
        return self.pick(["None", "True", "False", "()", "[]", "{}", "b'ab\\xff'", "...", "2j", "range(4)", "frozenset((1, 2))", "NotImplemented", "int", "bytearray(b'xy')"])

    @staticmethod
    def wrapped(text):
        return text if text.isalnum() else f"({text})"

    def literal_string(self):
        text = self.pick(STRINGS)
        return f'"{text}"' if "'" in text else f"'{text}'"

    def items(self, depth, most=4):
        return [self.expression(depth) for _ in range(self.random.randrange(most + 1))]

    def hashable(self):
        return self.pick([self.integer(), self.literal_string(), f"({self.integer()}, {self.literal_string()})", "None", self.pick(FLOATS), f"text({self.atom()})"])

    def iterable(self, depth=0):
        kind = self.random.randrange(9)
        if kind < 2 and self.names():
            return self.name()
        if kind == 2:
            return f"range({self.random.randrange(7)})"
        if kind == 3:
            return "[" + ", ".join(self.items(depth)) + "]"
        if kind == 4:
            return self.literal_string()
        if kind == 5:
            return "{" + ", ".join(f"{self.hashable()}: {self.atom()}" for _ in range(self.random.randrange(4))) + "}"
        if kind == 6 and self.generators and not self.in_generator:
            return f"{self.pick(self.generators)}({self.atom()})"
        if kind == 7:
            return f"({self.atom()}, {self.atom()}, {self.atom()})"
        return f"[{', '.join(str(self.random.randrange(-9, 20)) for _ in range(self.random.randrange(1, 6)))}]"

    def filled(self, pattern, depth):
        for key in "xyvw":
            while "{" + key + "}" in pattern:
                pattern = pattern.replace("{" + key + "}", self.expression(depth), 1)
        while "{i}" in pattern:
            pattern = pattern.replace("{i}", self.iterable(), 1)
        for key, make in (("{n}", lambda: str(self.random.randrange(-4, 30))), ("{m}", lambda: str(self.random.randrange(0, 12))), ("{s}", self.literal_string),
                          ("{f}", lambda: self.pick(FLOATS)), ("{h}", self.hashable), ("{d}", lambda: "{" + f"{self.hashable()}: {self.atom()}" + "}")):
            while key in pattern:
                pattern = pattern.replace(key, make(), 1)
        return pattern

    def comprehension(self, depth):
        variable = self.fresh("c")
        source = self.iterable()
        self.scopes.append([variable])
        body = self.expression(depth)
        condition = f" if {self.expression(max(depth - 1, 0))}" if self.chance(0.4) else ""
        second = ""
        if self.chance(0.2):
            other = self.fresh("c")
            second = f" for {other} in range({self.random.randrange(4)})"
            self.scopes[-1].append(other)
            body = f"({body}, {other})"
        self.scopes.pop()
        clauses = f"for {variable} in {source}{second}{condition}"
        return self.pick([f"[{body} {clauses}]", f"[{body} {clauses}]", f"list({body} {clauses})", "{" + f"text({body}) {clauses}" + "}", "{" + f"text({variable}): {body} {clauses}" + "}", f"sum(1 {clauses})", f"any({body} {clauses})"])

    def fstring(self):
        parts = []
        for _ in range(self.random.randrange(1, 4)):
            pattern = self.pick(FORMATS)
            key = pattern[1]
            value = {"x": self.name() if self.names() else "0", "n": str(self.random.randrange(-500, 5000)), "f": self.pick(["1.5", "-0.25", "1e10", "3.14159"]), "s": "'txt'"}[key]
            if key == "x" and "!" not in pattern and ":" not in pattern:
                pattern = "{text(x)}"
                parts.append("{text(" + value + ")}")
            elif key == "x" and "!" in pattern:
                parts.append("{text(" + value + ")" + pattern[2:])
            else:
                parts.append("{" + value + pattern[2:])
        return 'f"' + self.pick(["", " ", "-", "a{{b}}"]).join(parts) + '"'

    def call(self, depth):
        function, required, optional, star, keywords = self.pick(self.functions)
        arguments = [self.expression(depth) for _ in range(required)]
        if self.chance(0.08):
            arguments = arguments[:-1] if self.chance(0.5) else arguments + ["1", "2", "3", "4", "5"]
        if optional and self.chance(0.5):
            arguments.append(f"{self.pick(optional)}={self.atom()}")
        elif star and self.chance(0.5):
            arguments.append(f"*{self.iterable()}")
        if keywords and self.chance(0.4):
            arguments.append(f"**{{'k': {self.atom()}}}")
        if self.chance(0.03):
            arguments.append("unknown=1")
        return f"{function}({', '.join(arguments)})"

    def instance(self, depth):
        return f"{self.pick(self.classes)}({self.expression(depth)})"

    def expression(self, depth=2):
        if depth <= 0:
            return self.atom()
        sub = depth - 1
        if self.chance(0.4):
            return self.typed_expression(self.pick(["num", "str", "lst"]), sub)
        kind = self.random.randrange(34)
        if kind < 4:
            return self.atom()
        if kind < 10:
            return f"({self.expression(sub)} {self.pick(ARITHMETIC)} {self.expression(sub)})"
        if kind == 10:
            return f"({self.expression(sub)} {self.pick(COMPARISON[:6])} {self.expression(sub)})"
        if kind == 11:
            return f"({self.expression(sub)} {self.pick(COMPARISON[:8])} {self.iterable()})"
        if kind == 12:
            return f"({self.expression(sub)} {self.pick(COMPARISON[:6])} {self.expression(sub)} {self.pick(COMPARISON[:6])} {self.expression(sub)})"
        if kind == 13:
            return f"({self.expression(sub)} {self.pick(['and', 'or'])} {self.expression(sub)})"
        if kind == 14:
            return f"(not {self.expression(sub)})" if self.chance(0.5) else f"({self.pick('-+~')}{self.wrapped(self.atom())})"
        if kind == 15:
            return f"({self.expression(sub)} if {self.expression(sub)} else {self.expression(sub)})"
        if kind == 16:
            return "[" + ", ".join(self.items(sub)) + "]"
        if kind == 17:
            items = self.items(sub)
            return "(" + ", ".join(items) + ("," if len(items) == 1 else "") + ")"
        if kind == 18:
            return "{" + ", ".join(f"{self.hashable()}: {self.expression(sub)}" for _ in range(self.random.randrange(4))) + "}"
        if kind == 19:
            return self.comprehension(sub)
        if kind == 20:
            subscripts = [self.literal_string(), self.atom(), "None"] if self.names() and self.chance(0.4) else []
            return f"{self.name() if subscripts else self.iterable()}[{self.pick(subscripts or [str(self.random.randrange(-5, 6)), f'{self.random.randrange(-4, 4)}:{self.random.randrange(-4, 6)}', '::-1', '::2', '1:'])}]"
        if kind == 21:
            return f"{self.literal_string()}.{self.pick(STRING_METHODS)}"
        if kind < 26:
            return self.filled(self.pick(BUILTINS), sub)
        if kind == 26:
            return self.fstring()
        if kind < 29 and self.functions:
            return self.call(sub)
        if kind == 29 and self.classes:
            return self.instance(sub) + self.pick(["", ".value", f".method({self.atom()})", ".missing", "()", "[1]", ".double", ".make(2).value"])
        if kind == 30:
            parameter = self.fresh("p")
            self.scopes.append([parameter])
            body = self.expression(sub)
            self.scopes.pop()
            return f"(lambda {parameter}, *rest: {body})({self.atom()}{self.pick(['', ', 5', ', *[1, 2]'])})"
        if kind == 31:
            return self.pick([f"'%s|%r' % ({self.literal_string()}, {self.integer()})", f"'%d %5.2f' % ({self.atom()}, {self.atom()})", f"'{{}} {{!r}}'.format({self.integer()}, {self.literal_string()})", f"[*{self.iterable()}, {self.atom()}]",
                              f"(*{self.iterable()}, *{self.iterable()})", "{**" + "{'a': 1}, 'b': " + self.atom() + "}", f"(walrus := {self.expression(sub)})" if not self.in_class_scope else "0"])
        if kind == 32:
            return f"{self.wrapped(self.integer())} ** {self.random.randrange(5)}"
        return self.atom()

    in_class_scope = False

    # -- expressions that mostly succeed

    def typed_name(self, kind):
        names = [name for scope in self.typed for name in scope[kind]]
        return self.pick(names) if names else None

    def number(self, depth=2):
        kind = self.random.randrange(12) if depth > 0 else self.random.randrange(3)
        if kind < 2:
            return self.typed_name("num") or str(self.random.randrange(50))
        if kind == 2:
            return str(self.random.randrange(100)) if self.chance(0.8) else self.pick(["1.5", "0.25", "10**12", "2**64", "3.75"])
        a, b = self.number(depth - 1), self.number(depth - 1)
        if kind < 7:
            return f"({a} {self.pick('+-*')} {b})"
        if kind == 7:
            return f"({a} {self.pick(['//', '%', '/'])} ({b} or 1))"
        if kind == 8:
            return self.pick([f"abs({a})", f"min({a}, {b})", f"max({a}, {b}, 3)", f"round({a}, 1)", f"int({a})", f"float({a})", f"({a} if {self.truth(depth - 1)} else {b})", f"divmod({a}, 7)[1]", f"(hash({a}) % 1000 if {a} == {a} else 0)"])
        if kind == 9:
            return self.pick([f"len({self.words(depth - 1)})", f"len({self.sequence(depth - 1)})", f"{self.words(depth - 1)}.count('a')", f"{self.words(depth - 1)}.find('l')", f"sum({self.sequence(depth - 1)})"])
        if kind == 10:
            return f"(int({a}) {self.pick(['&', '|', '^', '>>', '<<'])} {self.random.randrange(9)})"
        return f"(-{self.wrapped(a)})"

    def words(self, depth=2):
        kind = self.random.randrange(10) if depth > 0 else self.random.randrange(3)
        if kind < 2:
            return self.typed_name("str") or self.literal_string()
        if kind == 2:
            return self.literal_string()
        a = self.words(depth - 1)
        if kind < 5:
            return f"({a} + {self.words(depth - 1)})"
        if kind == 5:
            return f"{a}.{self.pick(['upper()', 'lower()', 'strip()', 'title()', 'swapcase()', 'replace(chr(97), chr(122))', 'center(12, chr(42))', 'zfill(5)', 'ljust(7)', 'casefold()', 'expandtabs(3)', 'partition(chr(44))[0]'])}"
        if kind == 6:
            return f"str({self.number(depth - 1)})"
        if kind == 7:
            return f"{a}[{self.random.randrange(-3, 3)}:{self.pick(['', str(self.random.randrange(-2, 8))])}{self.pick(['', '', ':2', ':-1'])}]"
        if kind == 8:
            return f"'{self.pick(['-', ', ', ''])}'.join(map(str, {self.sequence(depth - 1)}))"
        return f"f'{{{self.number(depth - 1)}:{self.pick(['>8', '<6', '^9', '+', '08', ''])}}}|{{{self.typed_name('str') or 'None'}!r}}'"

    def sequence(self, depth=2):
        kind = self.random.randrange(10) if depth > 0 else self.random.randrange(3)
        if kind < 2:
            return self.typed_name("lst") or "[1, 2, 3]"
        if kind == 2:
            return "[" + ", ".join(str(self.random.randrange(-20, 50)) for _ in range(self.random.randrange(7))) + "]"
        a = self.sequence(depth - 1)
        if kind == 3:
            return f"({a} + {self.sequence(depth - 1)})"
        if kind == 4:
            return f"sorted({a}{self.pick(['', ', reverse=True', ', key=str', ', key=lambda z: (z % 3, -z)'])})"
        if kind == 5:
            variable = self.fresh("t")
            self.typed[-1]["num"].append(variable)
            body = self.number(depth - 1)
            self.typed[-1]["num"].remove(variable)
            return f"[{body} for {variable} in {a}{self.pick(['', f' if {variable} % 2', f' if {variable} > 5'])}]"
        if kind == 6:
            return f"{a}[{self.pick(['1:', ':-1', '::-1', '::2', ':3', '-3:'])}]"
        if kind == 7:
            return self.pick([f"list(map(abs, {a}))", f"list(filter(None, {a}))", f"list(reversed({a}))", f"[a * b for a, b in zip({a}, {a}[1:])]", f"list(range({self.random.randrange(9)}))", f"sorted(set({a}))", f"[i + z for i, z in enumerate({a})]", f"list(dict.fromkeys({a}))"])
        if kind == 8:
            return f"[*{a}, {self.number(depth - 1)}]"
        return f"({a} * 2)[:9]"

    def truth(self, depth=1):
        return self.pick([f"{self.number(depth)} {self.pick(['<', '<=', '>', '>=', '==', '!='])} {self.number(depth)}", f"{self.words(depth)} {self.pick(['<', '>=', '==', '!=', 'in', 'not in'])} {self.words(depth)}",
                          f"{self.number(depth)} in {self.sequence(depth)}", f"not {self.sequence(depth)}", f"{self.number(0)} < {self.number(0)} < {self.number(0)}", f"any({self.sequence(depth)})", f"{self.words(depth)}.isalpha()"])

    def typed_expression(self, kind, depth=2):
        return {"num": self.number, "str": self.words, "lst": self.sequence}[kind](depth)

    def typed_statement(self):
        kind = self.pick(["num", "num", "str", "lst"])
        own = self.typed[-1][kind]
        if own and self.chance(0.5):
            name = self.pick(own)
            if self.chance(0.5):
                self.add({"num": f"{name} {self.pick(['+', '-', '*'])}= {self.number(1)}", "str": f"{name} += {self.words(1)}",
                          "lst": self.pick([f"{name}.append({self.number(1)})", f"{name} += {self.sequence(1)}", f"{name}.insert({self.random.randrange(4)}, {self.number(0)})", f"{name}.sort()", f"{name}.reverse()", f"{name}[1:2] = {self.sequence(1)}",
                                            f"{name}[:] = {self.sequence(1)}", f"del {name}[::3]", f"{name}.extend({self.sequence(1)})"])}[kind])
                self.add(f"{name} = small({name})")
                return
        else:
            name = self.fresh(kind)
        self.add(f"{name} = small({self.typed_expression(kind, 3)})")
        if name not in own:
            own.append(name)
        if self.chance(0.4):
            self.add(f"print({name!r}, text({name}))")

    def typed_loop(self):
        variable = self.fresh("num")
        self.add(f"for {variable} in {self.sequence(2)}:")
        self.typed[-1]["num"].append(variable)
        self.depth += 1
        self.add("tick()")
        self.depth -= 1
        self.typed_block()
        self.depth += 1
        if self.chance(0.4):
            self.add(f"if {self.truth()}:")
            self.add("    " + self.pick(["break", "continue", "continue"]))
        self.depth -= 1
        self.typed_block()
        self.typed[-1]["num"].remove(variable)

    def typed_condition(self):
        self.add(f"if {self.truth()}:")
        self.typed_block()
        self.add("else:")
        self.typed_block()

    def typed_block(self):
        self.depth += 1
        typed = {kind: names[:] for kind, names in self.typed[-1].items()}
        self.typed_statement()
        self.typed[-1].update(typed)
        self.depth -= 1

    # -- statements

    def block(self, count, then=None):
        """Statements one level deeper. What they introduce may never be bound, so mostly it is forgotten."""
        self.depth += 1
        before = len(self.lines)
        known = self.scopes[-1][:]
        typed = {kind: names[:] for kind, names in self.typed[-1].items()}
        for _ in range(count):
            self.statement()
        if then:
            then()
        self.typed[-1].update(typed)
        if self.chance(0.7):
            self.scopes[-1][:] = [name for name in self.scopes[-1] if name in known]
        if len(self.lines) == before:
            self.add("pass")
        self.depth -= 1

    def show(self):
        names = self.names()
        self.random.shuffle(names)
        chosen = sorted(names[:self.random.randrange(1, 4)])
        self.add(f"print({', '.join([repr(f'{self.lines.__len__()}:')] + [f'text({n})' for n in chosen])})")

    def assignment(self):
        kind = self.random.randrange(12)
        if kind < 6:
            value = self.expression(3)
            self.add(f"{self.introduce()} = small({value})")
        elif kind == 6 and self.scopes[-1]:
            self.add(f"{self.pick(self.scopes[-1])} {self.pick(ARITHMETIC)}= {self.expression(2)}")
        elif kind == 7:
            value = self.iterable(1)
            a, b = self.introduce(), self.introduce()
            self.add(self.pick([f"{a}, {b} = {value}", f"{a}, *{b} = {value}", f"*{a}, {b} = {value}", f"{a}, ({b}, *_) = {value}, {value}", f"{a} = {b} = {value}", f"[{a}, {b}] = {self.atom()}, {self.atom()}"]))
        elif kind == 8 and self.scopes[-1]:
            self.add(f"{self.pick(self.scopes[-1])}[{self.pick([str(self.random.randrange(-3, 4)), self.literal_string(), '1:2', '::2', ':'])}] = {self.expression(1)}")
        elif kind == 9 and self.scopes[-1]:
            self.add(f"del {self.pick(self.scopes[-1])}[{self.pick(['0', '-1', '1:3', '::2', self.literal_string()])}]")
        elif kind == 10:
            value = self.pick(["[1, 2, 3, 4]", "[3, 1, 2]", "list('hello')", "{'a': 1, 'b': 2}", "{1, 2, 3}", "dict(enumerate('xyz'))"])
            self.add(f"{self.introduce()} = {value}")
        else:
            self.add(f"{self.introduce()}: {self.pick(['int', 'str', 'undefined_annotation', 'list[int]'])} = {self.expression(2)}" if not self.scopes[-1] else f"{self.pick(self.scopes[-1])} = {self.expression(2)}")

    def method_statement(self):
        target = self.name()
        methods = self.pick([LIST_METHODS, DICT_METHODS, SET_METHODS])
        self.add(f"print('m', text({target}.{self.filled(self.pick(methods), 1)}))")

    def loop(self):
        variable = self.introduce(self.fresh("i"))
        source = self.iterable(1)
        enumerated = self.chance(0.2)
        target = f"{self.introduce(self.fresh('i'))}, {variable}" if enumerated else variable
        self.add(f"for {target} in {f'enumerate({source})' if enumerated else source}:")
        self.depth += 1
        self.add("tick()")
        self.depth -= 1
        self.loops += 1
        self.block(self.random.randrange(1, 4))
        self.loops -= 1
        self.loop_else()

    def while_loop(self):
        counter = self.fresh("w")
        self.add(f"{counter} = {self.random.randrange(1, 6)}")
        self.add(f"while {counter} > 0{f' and {self.expression(1)}' if self.chance(0.3) else ''}:")
        self.depth += 1
        self.add(f"{counter} -= 1")
        self.add("tick()")
        self.depth -= 1
        self.loops += 1
        self.block(self.random.randrange(1, 4))
        self.loops -= 1
        self.introduce(counter)
        self.loop_else()

    def loop_else(self):
        if self.chance(0.25):
            self.add("else:")
            self.block(1)

    def condition(self):
        self.add(f"if {self.expression(2)}:")
        self.block(self.random.randrange(1, 3))
        if self.chance(0.4):
            self.add(f"elif {self.expression(2)}:")
            self.block(1)
        if self.chance(0.5):
            self.add("else:")
            self.block(self.random.randrange(1, 3))

    def attempt(self):
        self.add("try:")
        self.block(self.random.randrange(1, 4))
        chosen = self.random.sample(ERRORS, self.random.randrange(0, 3))
        for error in sorted(chosen, key=lambda e: (e == "Exception", e)):
            name = self.fresh("e")
            self.add(f"except {self.pick([error, f'({error}, UnicodeError)'])} as {name}:")
            self.depth += 1
            self.add(f"print('caught', type({name}).__name__, str({name})[:160])")
            self.depth -= 1
            self.block(self.random.randrange(0, 2))
        if self.chance(0.75) or not chosen and self.chance(0.7):
            if "Exception" not in chosen:
                name = self.fresh("e")
                self.add(f"except Exception as {name}:")
                self.depth += 1
                self.add(f"print('error', type({name}).__name__, str({name})[:160], {name}.__context__ is not None)")
                if self.chance(0.1):
                    self.add("raise" if self.chance(0.5) else f"raise RuntimeError('again') from {name}")
                self.depth -= 1
                chosen.append("Exception")
        if chosen and self.chance(0.3):
            self.add("else:")
            self.block(1)
        if not chosen or self.chance(0.3):
            self.add("finally:")
            loops, self.loops, inside, self.in_function = self.loops, 0, self.in_function, False
            self.block(1)
            self.loops, self.in_function = loops, inside
            self.depth += 1
            self.add(f"print('finally', {self.label})")
            self.depth -= 1

    def raising(self):
        error = self.pick(ERRORS)
        self.add(f"if {self.expression(1)}:")
        self.depth += 1
        self.add(f"raise {error}({self.pick(['', self.literal_string(), self.integer(), f'{self.literal_string()}, {self.integer()}'])}){self.pick(['', '', ' from None', ' from ValueError(1)'])}")
        self.depth -= 1

    def matching(self):
        self.add(f"match {self.expression(2)}:")
        self.depth += 1
        patterns = ["0 | 1 | 2", "int({a})", "str({a})", "[]", "[{a}]", "[{a}, *{b}]", "({a}, {b})", "{{'a': {a}, **{b}}}", "None", "float({a}) if {a} == {a}", "'abc' | 'a'", "[int({a}), str({b})]", "list({a})", "dict({a})", "-1", "True", "{{}}"]
        for pattern in self.random.sample(patterns, self.random.randrange(1, 5)):
            a, b = self.introduce() if "{a}" in pattern else "", self.fresh()
            if "{b}" in pattern:
                self.introduce(b)
            self.add(f"case {pattern.format(a=a, b=b)}:")
            self.depth += 1
            self.add(f"print('case', {self.label})")
            self.depth -= 1
            self.block(self.random.randrange(0, 2))
        if self.chance(0.7):
            self.add("case _:")
            self.block(1)
        self.depth -= 1

    def context(self):
        self.add(f"with Context({self.literal_string()}, {self.pick(['True', 'False', 'False'])}) as {self.introduce()}:")
        self.block(self.random.randrange(1, 3))

    def nested_function(self):
        name = self.fresh("n")
        parameter = self.fresh("a")
        outer = [n for n in self.scopes[-1] if len(self.scopes) > 1]
        self.add(f"def {name}({parameter}=1):")
        self.depth += 1
        self.add("tick()")
        self.scopes.append([parameter])
        self.typed.append({"num": [], "str": [], "lst": []})
        if outer and self.chance(0.6):
            shared = self.pick(outer)
            if not self.in_class_scope and not shared.startswith(("a", "e")) or self.chance(0.3):
                self.add(f"nonlocal {shared}")
                self.add(f"{shared} = {self.expression(1)}")
        self.depth -= 1
        loops, self.loops = self.loops, 0
        inside, self.in_function = self.in_function, True
        generator, self.in_generator = self.in_generator, False
        self.block(self.random.randrange(1, 3), lambda: self.add(f"return {self.expression(2)}"))
        self.loops, self.in_function, self.in_generator = loops, inside, generator
        self.scopes.pop()
        self.typed.pop()
        self.add(f"print('nested', text({name}({self.pick(['', self.atom()])})))")

    def statement(self):
        if self.depth > 5:
            return self.assignment() if self.chance(0.6) else self.show()
        if self.chance(0.45):
            return self.pick([self.typed_statement, self.typed_statement, self.typed_statement, self.typed_loop, self.typed_condition])()
        kind = self.random.randrange(40)
        if kind < 14:
            self.assignment()
        elif kind < 18:
            if self.names():
                self.show()
        elif kind < 21 and self.names():
            self.method_statement()
        elif kind < 24:
            self.loop()
        elif kind == 24:
            self.while_loop()
        elif kind < 28:
            self.condition()
        elif kind < 32:
            self.attempt()
        elif kind == 32:
            self.raising()
        elif kind == 33:
            self.matching()
        elif kind == 34:
            self.context()
        elif kind == 35 and self.loops:
            self.add(f"if {self.expression(1)}:")
            self.depth += 1
            self.add(self.pick(["break", "continue"]))
            self.depth -= 1
        elif kind == 36 and self.in_function and not self.in_generator:
            self.add(f"if {self.expression(1)}:")
            self.depth += 1
            self.add(f"return {self.expression(2)}")
            self.depth -= 1
        elif kind == 36 and self.in_generator:
            self.add(self.pick([f"yield {self.expression(1)}", f"{self.introduce()} = yield {self.atom()}", f"yield from {self.iterable()}"]))
        elif kind == 37 and len(self.scopes) == 1 or kind == 37 and self.in_function:
            self.nested_function()
        elif kind == 38:
            self.add(f"assert bool({self.expression(1)}), {self.literal_string()}")
        elif kind == 39 and len(self.scopes[-1]) > 3:
            self.add(f"del {self.scopes[-1].pop(self.random.randrange(len(self.scopes[-1])))}")
        else:
            self.add(f"print({self.pick(['', 'text(' + self.expression(2) + ')', self.fstring()])})")

    # -- definitions

    def function(self):
        name = self.fresh("f")
        parameters = [self.fresh("a") for _ in range(self.random.randrange(0, 3))]
        optional = [self.fresh("a") for _ in range(self.random.randrange(0, 3))]
        star = self.chance(0.3)
        keywords = self.chance(0.25)
        signature = parameters[:]
        if parameters and self.chance(0.15):
            signature.append("/")
        signature += [f"{p}={self.integer()}" for p in optional] if not star else []
        if star:
            signature += ["*rest"] + [f"{p}={self.literal_string()}" for p in optional]
        if keywords:
            signature.append("**more")
        decorated = self.chance(0.2)
        if decorated:
            self.add("@logged")
        self.add(f"def {name}({', '.join(signature)}):")
        self.depth += 1
        self.add("tick()")
        self.depth -= 1
        self.scopes.append(parameters + optional + (["rest"] if star else []) + (["more"] if keywords else []))
        self.typed.append({"num": [], "str": [], "lst": []})
        self.in_function = True
        self.block(self.random.randrange(2, 6), lambda: self.add(f"return {self.expression(2)}"))
        self.in_function = False
        self.scopes.pop()
        self.typed.pop()
        self.add("")
        self.functions.append((name, len(parameters), optional, star, keywords))

    def generator(self):
        name = self.fresh("g")
        self.add(f"def {name}(source, limit=5):")
        self.depth += 1
        self.add("tick()")
        self.depth -= 1
        self.scopes.append(["source", "limit"])
        self.typed.append({"num": [], "str": [], "lst": []})
        self.in_function = self.in_generator = True

        def close():
            self.add(f"yield {self.expression(1)}")
            self.statement()
            self.add(f"return {self.atom()}")
        self.block(self.random.randrange(1, 4), close)
        self.in_function = self.in_generator = False
        self.scopes.pop()
        self.typed.pop()
        self.add("")
        self.generators.append(name)

    def class_(self):
        name = self.fresh("K")
        bases = self.pick(["", "", f"({self.pick(self.classes)})" if self.classes else "", "(list)", "(dict)", "(int)", "(Exception)", "(str)"])
        builtin = bases in ("(list)", "(dict)", "(int)", "(str)")
        self.add(f"class {name}{bases}:")
        self.depth += 1
        if not builtin and not bases and self.chance(0.2):
            self.add("__slots__ = ('value', 'other')")
        else:
            self.add(f"shared = {self.atom() if not self.names() else self.integer()}")
        if not builtin:
            self.add("def __init__(self, value=0):")
            self.add("    tick()")
            self.add("    self.value = value")
        else:
            self.add("value = property(lambda self: len(text(self)))")
        self.add("@property")
        self.add("def double(self):")
        self.add("    return self.value * 2")
        self.add("@classmethod")
        self.add("def make(cls, value):")
        self.add("    tick()")
        self.add("    return cls(value)")
        self.add("def method(self, other=3):")
        self.scopes.append(["self", "other"])
        self.typed.append({"num": [], "str": [], "lst": []})
        self.in_function = True
        self.depth += 1
        self.add("tick()")
        self.depth -= 1
        self.block(self.random.randrange(1, 3), lambda: self.add(f"return {self.pick(['self.value', 'other', self.expression(1), 'super().__str__()[:0]', 'type(self).__name__'])}"))
        for method in self.random.sample(METHODS, self.random.randrange(0, 5)):
            self.special(method, builtin)
        self.in_function = False
        self.scopes.pop()
        self.typed.pop()
        self.depth -= 1
        self.add("")
        self.classes.append(name)

    def special(self, method, builtin):
        bodies = {
            "__str__": ("self", "return 'object of ' + type(self).__name__"), "__len__": ("self", f"return {self.random.randrange(5)}"), "__bool__": ("self", f"return {self.pick(['True', 'False'])}"),
            "__hash__": ("self", "return 7"), "__iter__": ("self", "return iter([1, 2, 3])"), "__neg__": ("self", "return -1"), "__index__": ("self", "return 2"), "__del__": ("self", "pass"),
            "__getattr__": ("self, name", "if name.startswith('__'): raise AttributeError(name)\nreturn 'attribute ' + name"), "__getitem__": ("self, key", "if isinstance(key, int) and key > 3: raise IndexError(key)\nreturn key"),
            "__setitem__": ("self, key, value", "print('set', text(key), text(value))"), "__call__": ("self, *args", "return len(args)"), "__format__": ("self, spec", "return 'F' + spec"), "__enter__": ("self", "return self"),
            "__missing__": ("self, key", "return ('missing', key)"), "__eq__": ("self, other", self.pick(["return True", "return NotImplemented", "return type(self) is type(other)"])), "__contains__": ("self, item", "return item == 1"),
        }
        parameters, body = bodies.get(method, ("self, other", self.pick(["return NotImplemented", "return text(other)", "return self", f"return {self.integer()}", "raise TypeError('no operator')"])))
        self.add(f"def {method}({parameters}):")
        self.add("    tick()")
        for line in body.split("\n"):
            self.add("    " + line)

    def context_and_decorator(self):
        for line in '''class Context:
    def __init__(self, name, suppress):
        self.name, self.suppress = name, suppress

    def __enter__(self):
        print("enter", self.name)
        return self.name

    def __exit__(self, kind, error, trace):
        print("exit", self.name, kind.__name__ if kind else None)
        return self.suppress and kind is not Exhausted


def logged(function):
    def wrapper(*args, **kwargs):
        tick()
        print("call", function.__name__, len(args), sorted(kwargs))
        return function(*args, **kwargs)
    return wrapper

'''.split("\n"):
            self.add(line)

    def guarded(self):
        """A group of statements of the main part with its own net."""
        self.add("try:")
        self.block(self.random.randrange(3, 9))
        self.add("except Exception as error:")
        self.add("    print('main', type(error).__name__, str(error)[:200])")
        if self.chance(0.5) and self.names():
            self.add("try:")
            self.depth += 1
            self.show()
            self.depth -= 1
            self.add("except NameError as error:")
            self.add("    print('unbound', error)")

    def program(self):
        self.context_and_decorator()
        self.introduce("start")
        self.add("start = [1, 'two', 3.0]")
        for _ in range(6):
            kind = self.pick(["num", "str", "lst"])
            name = self.fresh(kind)
            self.add(f"{name} = {self.typed_expression(kind, 1)}")
            self.typed[-1][kind].append(name)
        self.add("")
        for _ in range(self.random.randrange(3, 8)):
            self.pick([self.function, self.function, self.generator, self.class_])()
            self.add("")
        self.add("try:")
        self.depth += 1
        for _ in range(self.random.randrange(6, 14)):
            self.guarded()
        for generator in self.generators:
            self.drive(generator)
        self.depth -= 1
        self.add("except Exhausted:")
        self.add("    print('exhausted')")
        if self.chance(0.15):
            self.add(f"print(text({self.number(2)}))")
        self.add(self.pick(["print('end', budget)", "print('end', budget)", "sys.exit(3)", "raise ValueError('at the end')"]) if self.chance(0.3) else "print('end', budget)")
        return HEADER.format(seed=self.seed, budget=400) + "\n".join(line.rstrip() for line in self.lines) + "\n"

    def drive(self, generator):
        name = self.fresh("d")
        self.add(f"{name} = {generator}([1, 2, 3])")
        for _ in range(self.random.randrange(1, 5)):
            self.add("try:")
            self.add("    print('drive', text(" + self.pick([f"next({name})", f"{name}.send({self.atom()})", f"{name}.throw(KeyError('thrown'))", f"{name}.close()", f"list({name})", f"next({name}, 'over')"]) + "))")
            self.add("except Exception as error:")
            self.add("    print('driven', type(error).__name__, str(error)[:160], text(getattr(error, 'value', None)))")


def program(seed):
    """The program of a seed."""
    return Writer(seed).program()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", required=True, metavar="DIR")
    arguments = parser.parse_args()
    folder = pathlib.Path(arguments.output)
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(arguments.seed, arguments.seed + arguments.count):
        (folder / f"generated_{seed}.py").write_text(program(seed))


if __name__ == "__main__":
    main()
