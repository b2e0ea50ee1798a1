#!/usr/bin/env python3.14
"""Writes random valid Python 3.14 programs: every statement and expression of the grammar, in every position it may have.

    generate.py [--seed N] [--count N] [--size STATEMENTS] [--strings] [--output FOLDER]

Program number N is the same in every run. Without --output the programs go to standard output. --strings writes nothing but
f-strings, t-strings and literals with escapes, nested and concatenated. Other scripts import `program(seed, size)`.
"""

import argparse
import os
import random
import sys
import warnings

# Precedences, from what binds least.
(NAMED, TERNARY, LAMBDA, OR, AND, NOT, COMPARE, BITOR, BITXOR, BITAND, SHIFT, SUM, TERM, FACTOR, POWER, AWAIT, PRIMARY, ATOM) = range(18)

NAMES = ["a", "b", "c", "x", "y", "z", "self", "value", "naïve", "ǅ", "𝔘", "match", "case", "type", "_", "__private", "日本", "print", "__debug"]
MODULES = ["os", "os.path", "a.b.c", "collections", "𝔘"]
ESCAPES = ["\\n", "\\t", "\\\\", "\\'", '\\"', "\\x41", "\\101", "\\0", "\\u00e9", "\\U0001F600", "\\N{DIGIT ONE}", "\\\n", "\\ud800", "\\377"]
BAD_ESCAPES = ["\\z", "\\8", "\\é", "\\400", "\\.", "\\ "]
PIECES = ["a", "spam", " ", "é", "日", "😀", "{{", "}}", "#", "%", ";", "\t", "end"]


class Scope:
    def __init__(self, kind, parent=None, is_async=False, is_generator=False):
        self.kind = kind
        self.parent = parent
        self.is_async = is_async
        self.is_generator = is_generator
        self.loops = 0
        self.handlers_with_star = 0


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.scope = Scope("module")
        self.depth = 0
        self.maximum_depth = self.random.choice([1, 2, 2, 3, 3, 4, 5])
        self.indent_unit = self.random.choice(["    ", "  ", "\t", " "])
        self.bad_escapes = self.random.random() < 0.2
        # Quotes of the f-strings around: the innermost may not be broken by a line end if one of them is on one line.
        self.one_line = 0
        self.in_comprehension = 0
        self.in_template = 0

    # Choices

    def chance(self, probability):
        return self.random.random() < probability

    def pick(self, *options):
        return self.random.choice(options)

    def some(self, low, high, make, separator=", "):
        return separator.join(make() for _ in range(self.random.randint(low, high)))

    def name(self):
        return self.random.choice(NAMES)

    # Numbers and strings

    def number(self):
        r = self.random
        kind = r.randrange(9)
        if kind <= 2:
            return str(r.choice([0, 1, 2, 3, 7, 255, 256, 1000, r.getrandbits(31), r.getrandbits(64), r.getrandbits(200)]))
        if kind == 3:
            return self.pick("0x{:x}", "0X{:X}", "0b{:b}", "0o{:o}", "0x_{:x}").format(r.getrandbits(r.randint(1, 80)))
        if kind == 4:
            return f"{r.getrandbits(40):_}"
        if kind == 5:
            return repr(r.random() * 10 ** r.randint(-20, 20))
        if kind == 6:
            return self.pick("1.", ".5", "1e5", "1E-5", "1_0.0_1", "0.0", "1e400", "00.1", "0e0")
        if kind == 7:
            return self.pick("1j", "0j", ".5J", "1e3j", "0_1_2j", "1.5j")
        return self.pick("0", "00", "1", "2")

    def body(self, raw, quote, is_bytes=False, braces=False):
        parts = []
        for _ in range(self.random.choice([0, 1, 1, 2, 3, 5])):
            if not raw and self.chance(0.3):
                escapes = BAD_ESCAPES if self.bad_escapes and self.chance(0.5) else ESCAPES
                escape = self.random.choice(escapes)
                if self.one_line and "\n" in escape:
                    continue
                parts.append(escape)
            elif len(quote) == 3 and self.chance(0.2) and not self.one_line:
                parts.append("\n")
            else:
                parts.append(self.random.choice(PIECES))
        if is_bytes:
            parts = [p for p in parts if p.isascii() and p[:2] not in ("\\N", "\\u", "\\U")]
        if not braces:
            parts = [p.replace("{{", "{").replace("}}", "}") if p in ("{{", "}}") else p for p in parts]
        return "".join(parts)

    def quote(self):
        if self.one_line:
            return self.pick("'", '"')
        return self.pick("'", '"', "'", '"', "'''", '"""')

    def plain_string(self, is_bytes=False):
        prefix = self.pick("", "", "", "r", "R", "u", "U")
        if is_bytes:
            prefix = self.pick("b", "B", "rb", "bR", "Rb", "BR")
        quote = self.quote()
        return prefix + quote + self.body("r" in prefix.lower(), quote, is_bytes) + quote

    def formatted_string(self, letter):
        prefix = letter if self.chance(0.8) else self.pick("r" + letter, letter + "R", letter.upper())
        quote = self.quote()
        raw = "r" in prefix.lower()
        if len(quote) == 1:
            self.one_line += 1
        parts = []
        for _ in range(self.random.choice([0, 1, 1, 2, 3])):
            parts.append(self.body(raw, quote, braces=True))
            if self.chance(0.8):
                parts.append(self.field(raw, quote, 1))
        parts.append(self.body(raw, quote, braces=True))
        if len(quote) == 1:
            self.one_line -= 1
        return prefix + quote + "".join(parts) + quote

    def field(self, raw, quote, nesting):
        value = self.pick(self.expression, self.expression, self.tuple_expression)()
        if self.chance(0.05) and self.scope.is_generator:
            value = self.yield_expression()
        if value[0] == "{" or self.chance(0.1):
            value = " " + value
        text = "{" + value
        if len(quote) == 3 and self.one_line == 0 and self.chance(0.1):
            text += self.pick("\n", " # comment\n", "\n\n ")
        debug = self.chance(0.2)
        if debug:
            text += self.pick("=", " = ", " =", "= ")
        if self.chance(0.3):
            text += self.pick("", "" if debug else " ") + "!" + self.pick("r", "s", "a") + self.pick("", "", " ")
        if self.chance(0.4):
            text += ":"
            for _ in range(self.random.choice([0, 1, 1, 2])):
                text += self.pick(">10", ".3f", "é", "x", " ", "%Y-%m", "\\n" if raw else "\\x41")
                if nesting < 2 and self.chance(0.4):
                    text += self.field(raw, quote, nesting + 1)
        return text + "}"

    def strings(self):
        kind = self.random.random()
        count = self.random.choice([1, 1, 1, 2, 3])
        if kind < 0.15:
            parts = [self.plain_string(is_bytes=True) for _ in range(count)]
        elif kind < 0.3:
            parts = [self.formatted_string("t") for _ in range(count)]
        else:
            parts = [self.formatted_string("f") if self.chance(0.4) else self.plain_string() for _ in range(count)]
        if count > 1 and not self.one_line and self.chance(0.3):
            return "(" + self.pick("\n", " \\\n ", "  # note\n").join(parts) + ")"
        return self.pick(" ", "  ", "").join(parts) if all(p[0] in "'\"" for p in parts[1:]) else " ".join(parts)

    # Expressions

    def expression(self, level=TERNARY):
        self.depth += 1
        try:
            leaf = self.depth > self.maximum_depth or self.chance(0.25)
            made, text = self.atom() if leaf else self.random.choice(self.productions)(self)
        finally:
            self.depth -= 1
        if made < level or self.chance(0.03):
            if self.chance(0.15) and not self.one_line:
                return self.pick("(\n" + text + "\n)", "( " + text + " )", "(\\\n" + text + ")", "(" + text + "  # c\n)")
            return "(" + text + ")"
        return text

    def atom(self):
        kind = self.random.randrange(12)
        if kind < 6:
            return ATOM, self.name()
        if kind < 8:
            return ATOM, self.number()
        if kind < 9 and self.depth < self.maximum_depth + 3:
            return ATOM, self.strings()
        if kind < 10:
            return ATOM, self.pick("'s'", "b''", '"é"', "r'\\d'")
        return ATOM, self.pick("None", "True", "False", "...", "__debug__", "()", "[]", "{}")

    def ternary(self):
        return TERNARY, f"{self.expression(OR)} if {self.expression(OR)} else {self.expression(TERNARY)}"

    def named(self):
        if self.scope.kind == "class" and self.in_comprehension:
            return self.atom()
        return NAMED, f"{self.pick('a', 'b', 'x', 'walrus')} := {self.expression(TERNARY)}"

    def lambda_(self):
        saved = self.scope
        self.scope = Scope("function", saved)
        saved_comprehension, self.in_comprehension = self.in_comprehension, 0
        parameters = self.parameters(annotated=False)
        body = self.expression(TERNARY)
        self.scope = saved
        self.in_comprehension = saved_comprehension
        text = f"lambda {parameters}: {body}" if parameters else f"lambda: {body}"
        return (NAMED, text) if self.one_line else (LAMBDA, text)

    def or_(self):
        return OR, " or ".join(self.expression(AND) for _ in range(self.random.randint(2, 4)))

    def and_(self):
        return AND, " and ".join(self.expression(NOT) for _ in range(self.random.randint(2, 4)))

    def not_(self):
        return NOT, "not " + self.expression(NOT)

    def compare(self):
        text = self.expression(BITOR)
        for _ in range(self.random.choice([1, 1, 1, 2, 3])):
            operator = self.pick("==", "!=", "<", "<=", ">", ">=", "is", "is not", "in", "not in")
            text += f" {operator} {self.expression(BITOR)}"
        return COMPARE, text

    def binary(self):
        level, operators = self.pick(
            (BITOR, ["|"]), (BITXOR, ["^"]), (BITAND, ["&"]), (SHIFT, ["<<", ">>"]), (SUM, ["+", "-"]), (SUM, ["+", "-"]),
            (TERM, ["*", "/", "//", "%", "@"]))
        text = self.expression(level)
        for _ in range(self.random.choice([1, 1, 2, 3])):
            text += f" {self.random.choice(operators)} {self.expression(level + 1)}"
        return level, text

    def unary(self):
        return FACTOR, self.pick("-", "+", "~") + self.expression(FACTOR)

    def power(self):
        return POWER, f"{self.expression(AWAIT)} ** {self.expression(FACTOR)}"

    def await_(self):
        if not self.scope.is_async:
            return self.power()
        return AWAIT, "await " + self.expression(PRIMARY)

    def primary(self):
        text = self.expression(PRIMARY)
        if text[-1:].isdigit() or text[-1:] in ".jJ" or text[:1].isdigit() or text[:1] == ".":
            text = "(" + text + ")"
        return text

    def attribute(self):
        return PRIMARY, self.primary() + "." + self.name()

    def subscript(self):
        return PRIMARY, f"{self.primary()}[{self.subscripts()}]"

    def subscripts(self):
        items = [self.subscript_item() for _ in range(self.random.choice([1, 1, 1, 2, 3]))]
        return ", ".join(items) + ("," if self.chance(0.1) else "")

    def subscript_item(self):
        kind = self.random.random()
        if kind < 0.6:
            return self.expression(TERNARY)
        if kind < 0.7:
            return "*" + self.expression(BITOR)
        part = lambda: self.expression(TERNARY) if self.chance(0.5) else ""
        text = part() + ":" + part()
        return text + (":" + part() if self.chance(0.4) else "")

    def call(self):
        function = self.primary()
        if self.chance(0.1):
            return PRIMARY, f"{function}({self.comprehension_body(self.expression)})"
        return PRIMARY, f"{function}({self.arguments()})"

    def arguments(self):
        positional = [self.pick("*", "", "", "") + self.expression(TERNARY) for _ in range(self.random.choice([0, 0, 1, 1, 2, 4]))]
        positional = [p if p[0] != "*" or p[1:2] == "*" else "*" + self.expression(BITOR) for p in positional]
        names = self.random.sample(["a", "b", "key", "日本", "x"], self.random.choice([0, 0, 0, 1, 2, 4]))
        keywords = [f"{n}={self.expression(TERNARY)}" for n in names]
        if self.chance(0.2):
            keywords.append("**" + self.expression(TERNARY))
            if self.chance(0.3):
                keywords.append(f"late={self.expression(TERNARY)}")
        items = positional + keywords
        separator = self.pick(", ", ", ", ", ", ",\n  ") if not self.one_line else ", "
        return separator.join(items) + ("," if items and self.chance(0.1) else "")

    def tuple_(self):
        count = self.random.choice([1, 2, 2, 3, 5])
        items = [self.element() for _ in range(count)]
        return ATOM, "(" + ", ".join(items) + ("," if count == 1 or self.chance(0.2) else "") + ")"

    def tuple_expression(self):
        items = [self.element() for _ in range(self.random.choice([1, 2, 3]))]
        return ", ".join(items) + ("," if len(items) == 1 or self.chance(0.1) else "")

    def element(self):
        return "*" + self.expression(BITOR) if self.chance(0.1) else self.expression(TERNARY)

    def list_(self):
        if self.chance(0.35):
            return ATOM, f"[{self.comprehension_body(self.expression)}]"
        return ATOM, "[" + self.some(1, 4, self.element) + "]"

    def set_(self):
        if self.chance(0.35):
            return ATOM, "{" + self.comprehension_body(self.expression) + "}"
        return ATOM, "{" + self.some(1, 4, self.element) + "}"

    def dict_(self):
        pair = lambda: f"{self.expression(TERNARY)}: {self.expression(TERNARY)}"
        if self.chance(0.35):
            return ATOM, "{" + self.comprehension_body(pair) + "}"
        item = lambda: "**" + self.expression(BITOR) if self.chance(0.15) else pair()
        return ATOM, "{" + self.some(1, 4, item) + "}"

    def generator_(self):
        return ATOM, f"({self.comprehension_body(self.expression)})"

    def comprehension_body(self, element):
        self.in_comprehension += 1
        try:
            clauses = []
            for _ in range(self.random.choice([1, 1, 1, 2])):
                prefix = "async " if self.scope.is_async and self.chance(0.2) else ""
                clauses.append(f"{prefix}for {self.loop_target()} in {self.expression(OR)}")
                clauses += [f"if {self.expression(OR)}" for _ in range(self.random.choice([0, 0, 1, 2]))]
            return element() + " " + " ".join(clauses)
        finally:
            self.in_comprehension -= 1

    def yield_expression(self):
        kind = self.random.random()
        if kind < 0.3:
            return "yield"
        if kind < 0.5 and not self.scope.is_async:
            return "yield from " + self.expression()
        return "yield " + self.tuple_expression() if self.chance(0.3) else "yield " + self.expression()

    def yield_(self):
        if not self.scope.is_generator or self.in_comprehension:
            return self.tuple_()
        return NAMED, self.yield_expression()

    def string(self):
        return ATOM, self.strings()

    productions = [
        ternary, named, lambda_, or_, and_, not_, compare, compare, binary, binary, binary, unary, power, await_, attribute, attribute,
        subscript, subscript, call, call, call, tuple_, list_, list_, set_, dict_, dict_, generator_, yield_, string, string,
    ]

    # Targets

    def target(self, nested=True):
        kind = self.random.random()
        if kind < 0.5 or self.depth > self.maximum_depth:
            return self.pick("a", "b", "c", "x", "y", "z", "日本", "_", "match")
        if kind < 0.65:
            return self.primary() + "." + self.name()
        if kind < 0.8:
            return f"{self.primary()}[{self.subscripts()}]"
        if not nested:
            return self.name()
        self.depth += 1
        items = [self.target() for _ in range(self.random.randint(1, 3))]
        self.depth -= 1
        if self.chance(0.3):
            index = self.random.randrange(len(items))
            items[index] = "*" + items[index]
        text = ", ".join(items)
        return self.pick("(" + text + ",)", "[" + text + "]", "(" + text + ")" if len(items) > 1 else "[" + text + "]")

    def loop_target(self):
        if self.in_comprehension:
            return self.pick("i", "j", "i, j", "(i, *j)", "[k]", "i.x", "k,")
        text = self.target()
        return text + ", " + self.target() if self.chance(0.3) else text

    # Patterns

    def pattern(self, level=0):
        kind = self.random.randrange(12) if level < 3 else self.random.randrange(4)
        if kind == 0:
            return self.pick("1", "-1", "0x10", "1.5", "-2.5", "1+2j", "-1 - 2j", "'s' 't'", "b'x'", "3j")
        if kind == 1:
            return self.pick("None", "True", "False", "a.b", "a.b.c")
        if kind <= 3:
            return "_" if self.chance(0.3) else self.capture()
        if kind == 4:
            return f"({self.pattern(level + 1)})"
        if kind <= 6:
            return self.sequence_pattern(level)
        if kind == 7:
            items = [f"{self.key()}: {self.pattern(level + 1)}" for _ in range(self.random.randint(0, 3))]
            if self.chance(0.3):
                items.append(f"**{self.capture()}")
            return "{" + ", ".join(items) + "}"
        if kind == 8:
            items = [self.pattern(level + 1) for _ in range(self.random.randint(0, 2))]
            names = self.random.sample(["a", "b", "日本"], self.random.randint(0, 2))
            items += [f"{n}={self.pattern(level + 1)}" for n in names]
            return self.pick("C", "a.B") + "(" + ", ".join(items) + ("," if items and self.chance(0.2) else "") + ")"
        if kind == 9:
            return f"({self.closed_literal()} | {self.closed_literal()} | {self.pattern(level + 1)})"
        if kind == 10:
            return f"({self.pattern(level + 1)} as {self.capture()})"
        return self.closed_literal()

    def closed_literal(self):
        return self.pick("1", "2", "'a'", "None", "a.b", "[]", "C()", "-3", "(4)")

    def key(self):
        self.keys += 1
        return self.pick(f"'k{self.keys}'", str(self.keys), f"a.b{self.keys}", f"-{self.keys}", f"b'{self.keys}'")

    def capture(self):
        # Names may not be bound twice in one pattern.
        self.captures += 1
        return f"c{self.captures}"

    def sequence_pattern(self, level):
        items = [self.pattern(level + 1) for _ in range(self.random.randint(0, 3))]
        if self.chance(0.4):
            items.insert(self.random.randint(0, len(items)), "*" + self.pick("_", self.capture()))
        if self.chance(0.5):
            return "[" + ", ".join(items) + "]"
        return "(" + ", ".join(items) + ("," if len(items) == 1 else "") + ")"

    def top_pattern(self):
        self.captures = 0
        self.keys = 0
        if self.chance(0.15):
            return ", ".join([self.pattern(1), self.pick("*_", self.pattern(1))]) + self.pick("", ",")
        text = self.pattern()
        return f"{text} as {self.capture()}" if self.chance(0.1) and text[0] != "*" and not text.startswith("_") else text

    # Parameters

    def parameters(self, annotated=True):
        names = self.random.sample(["a", "b", "c", "d", "e", "日本", "x1", "x2"], self.random.choice([0, 0, 1, 2, 3, 5]))
        cut = self.random.randint(0, len(names))
        positional, keyword_only = names[:cut], names[cut:]
        annotation = lambda: f": {self.plain_expression()}" if annotated and self.chance(0.3) else ""
        items = []
        defaulted = False
        for n in positional:
            defaulted = defaulted or self.chance(0.3)
            items.append(n + annotation() + (f"={self.plain_expression()}" if defaulted else ""))
        if items and self.chance(0.25):
            items.insert(self.random.randint(1, len(items)), "/")
        if keyword_only:
            star = "*args" if self.chance(0.5) else "*"
            if star == "*args":
                star += f": *{self.plain_expression(BITOR)}" if annotated and self.chance(0.15) else annotation()
            items.append(star)
            items += [n + annotation() + (f"={self.plain_expression()}" if self.chance(0.4) else "") for n in keyword_only]
        elif self.chance(0.15):
            items.append("*args" + annotation())
        if self.chance(0.15):
            items.append("**kwargs" + annotation())
        return ", ".join(items) + ("," if items and annotated and self.chance(0.1) else "")

    def plain_expression(self, level=TERNARY):
        """An expression without yield, await and named expressions: those may not stand in annotations and the like."""
        saved = self.scope
        self.scope = Scope("class", saved)
        saved_comprehension, self.in_comprehension = self.in_comprehension, 1
        self.depth += 1
        text = self.expression(level)
        self.depth -= 1
        self.scope = saved
        self.in_comprehension = saved_comprehension
        return text

    def type_parameters(self):
        if self.chance(0.75):
            return ""
        items = []
        defaulted = False
        for index in range(self.random.randint(1, 3)):
            star = self.pick("", "", "*", "**")
            text = f"{star}T{index}"
            if not star and self.chance(0.4):
                text += f": {self.plain_expression()}"
            defaulted = defaulted or self.chance(0.2)
            if defaulted:
                text += f" = {'*' + self.plain_expression(BITOR) if star == '*' and self.chance(0.3) else self.plain_expression()}"
            items.append(text)
        return "[" + ", ".join(items) + self.pick("", "", ",") + "]"

    # Statements

    def simple_statement(self):
        kind = self.random.randrange(20)
        scope = self.scope
        if kind <= 2:
            return self.pick(self.expression, self.tuple_expression)()
        if kind <= 6:
            targets = "".join(self.assignment_target() + " = " for _ in range(self.random.choice([1, 1, 1, 2, 3])))
            if scope.is_generator and self.chance(0.15):
                return targets + self.yield_expression()
            return targets + self.pick(self.expression, self.expression, self.tuple_expression)()
        if kind == 7:
            operator = self.pick("+", "-", "*", "@", "/", "%", "&", "|", "^", "<<", ">>", "**", "//")
            return f"{self.target(nested=False)} {operator}= {self.expression()}"
        if kind == 8:
            target = self.pick("a", "b", "(c)", self.primary() + ".x", f"{self.primary()}[{self.expression()}]")
            value = f" = {self.pick(self.expression, self.tuple_expression)()}" if self.chance(0.6) else ""
            return f"{target}: {self.plain_expression()}{value}"
        if kind == 9:
            return "del " + self.pick("a", "b, c", "(a, b)", "[a]", self.primary() + ".x", f"{self.primary()}[{self.subscripts()}]", "a,")
        if kind == 10 and scope.kind == "function":
            if scope.is_async and scope.is_generator:
                return "return"
            return self.pick("return", "return " + self.expression(), "return " + self.tuple_expression())
        if kind == 11:
            return self.pick("raise", "raise " + self.expression(), f"raise {self.expression()} from {self.expression()}")
        if kind == 12:
            return f"assert {self.expression()}" + (f", {self.expression()}" if self.chance(0.4) else "")
        if kind == 13:
            alias = lambda: self.pick(*MODULES) + (" as " + self.name() if self.chance(0.3) else "")
            return "import " + self.some(1, 3, alias)
        if kind == 14:
            module = self.pick("", ".", "..", "...", "....") + self.pick(*MODULES)
            module = self.pick(module, ".", "...") if self.chance(0.2) else module
            if scope.kind == "module" and self.chance(0.1):
                return f"from {module} import *"
            names = self.some(1, 3, lambda: self.name() + (" as " + self.name() if self.chance(0.3) else ""))
            return f"from {module} import " + self.pick(names, f"({names})", f"({names},)")
        if kind == 15 and scope.loops:
            return self.pick("break", "continue")
        if kind == 16:
            return f"type {self.pick('A', 'type', 'B')}{self.type_parameters()} = {self.plain_expression()}"
        if kind == 17 and scope.is_generator:
            return self.yield_expression()
        if kind == 18:
            return self.strings()
        return "pass"

    def assignment_target(self):
        text = self.target()
        if self.chance(0.2):
            other = self.target()
            star = "*" if "*" not in text and self.chance(0.3) else ""
            text = f"{text}, {star}{other}" if text[0] != "*" else text
        return text

    def block(self, level, docstring=False):
        if self.chance(0.15):
            line = self.some(1, 3, self.simple_statement, "; ")
            return " " + line + self.pick("", "", ";") + "\n"
        lines = ["\n"]
        if docstring and self.chance(0.3):
            lines.append(self.indented(self.pick('"""doc"""', "'a' 'b'", 'r"doc\\d"', '"""\n  doc\n    more\n"""', "u'doc'", "f'no doc'"), level))
        for _ in range(self.random.choice([1, 1, 2, 3])):
            lines.append(self.statement(level))
        return "".join(lines)

    def indented(self, text, level):
        comment = "  # " + self.pick("note", "é", "type: int") if self.chance(0.05) else ""
        blank = self.pick("\n", "  \n", "# comment\n", "\f\n") if self.chance(0.06) else ""
        return blank + self.indent_unit * level + text + comment + "\n"

    def statement(self, level=0):
        self.nesting = level
        if level > 4 or self.chance(0.5 if level == 0 else 0.6):
            text = self.some(1, 2, self.simple_statement, "; ") if self.chance(0.15) else self.simple_statement()
            return self.indented(text, level)
        return self.random.choice(self.compounds)(self, level)

    def head(self, text, level):
        return self.indent_unit * level + text + ":"

    def if_(self, level):
        text = self.head("if " + self.condition(), level) + self.block(level + 1)
        for _ in range(self.random.choice([0, 0, 1, 2])):
            text += self.head("elif " + self.condition(), level) + self.block(level + 1)
        return text + self.else_(level)

    def condition(self):
        return self.expression(NAMED)

    def else_(self, level, probability=0.4):
        return self.head("else", level) + self.block(level + 1) if self.chance(probability) else ""

    def while_(self, level):
        text = self.head("while " + self.condition(), level)
        self.scope.loops += 1
        text += self.block(level + 1)
        self.scope.loops -= 1
        return text + self.else_(level, 0.2)

    def for_(self, level):
        prefix = "async " if self.scope.is_async and self.chance(0.3) else ""
        text = self.head(f"{prefix}for {self.loop_target()} in {self.pick(self.expression, self.tuple_expression)()}", level)
        self.scope.loops += 1
        text += self.block(level + 1)
        self.scope.loops -= 1
        return text + self.else_(level, 0.2)

    def with_(self, level):
        prefix = "async " if self.scope.is_async and self.chance(0.3) else ""
        item = lambda: self.expression() + (f" as {self.target()}" if self.chance(0.5) else "")
        items = self.some(1, 3, item)
        items = self.pick(items, items, f"({items})", f"({items},)")
        return self.head(f"{prefix}with {items}", level) + self.block(level + 1)

    def try_(self, level):
        text = self.head("try", level) + self.block(level + 1)
        star = self.chance(0.25)
        handlers = self.random.choice([0, 1, 1, 2])
        loops = self.scope.loops
        for _ in range(handlers):
            name = f" as {self.pick('e', 'x', 'error')}" if self.chance(0.5) else ""
            kinds = self.expression() if name or self.chance(0.8) else self.expression() + ", " + self.expression()
            saved = self.scope
            if star:
                # Neither return nor break nor continue may leave an except* block.
                self.scope = Scope("except*", saved, saved.is_async, saved.is_generator)
            text += self.head(f"except{'*' if star else ''} {kinds}{name}", level) + self.block(level + 1)
            self.scope = saved
        if handlers and not star and self.chance(0.2):
            text += self.head("except", level) + self.block(level + 1)
        self.scope.loops = loops
        if handlers:
            text += self.else_(level, 0.3)
        if not handlers or self.chance(0.3):
            text += self.head("finally", level) + self.block(level + 1)
        return text

    def match_(self, level):
        subject = self.pick(self.expression, self.expression, self.tuple_expression)()
        text = self.head(f"match {subject}", level) + "\n"
        for _ in range(self.random.randint(1, 4)):
            guard = f" if {self.expression(NAMED)}" if self.chance(0.3) else ""
            pattern = self.top_pattern()
            if not guard and pattern.strip("() ") in ("_",) or pattern.strip("()").startswith("c") and not guard and pattern.strip("()").isalnum():
                guard = " if x"
            text += self.head(f"case {pattern}{guard}", level + 1) + self.block(level + 2)
        return text

    def decorators(self, level):
        return "".join(self.indent_unit * level + "@" + self.plain_expression(TERNARY) + "\n" for _ in range(self.random.choice([0, 0, 0, 1, 2])))

    def function(self, level):
        is_async = self.chance(0.3)
        text = self.decorators(level)
        saved = self.scope
        saved_comprehension, self.in_comprehension = self.in_comprehension, 0
        name = self.pick("f", "g", "method", "日本", "__private", "match")
        returns = f" -> {self.plain_expression()}" if self.chance(0.2) else ""
        text += self.head(
            f"{'async ' if is_async else ''}def {name}{self.type_parameters()}({self.parameters()}){returns}", level)
        self.scope = Scope("function", saved, is_async, self.chance(0.4))
        body = self.block(level + 1, docstring=True)
        if body.startswith("\n") and self.chance(0.3):
            declaration = "nonlocal nn" if saved.kind == "function" else self.pick("global gg", "global gg, hh")
            outer = self.indent_unit * (level + 1)
            body = "\n" + outer + declaration + "\n" + outer + self.pick("gg = 1", "gg += 1", "del hh", "pass") + body
        self.scope = saved
        self.in_comprehension = saved_comprehension
        if "nonlocal nn" in body:
            return self.indent_unit * level + "nn = 0\n" + text + body
        return text + body

    def class_(self, level):
        text = self.decorators(level)
        saved = self.scope
        saved_comprehension, self.in_comprehension = self.in_comprehension, 0
        self.scope = Scope("class", saved)
        bases = self.pick("", "", "()", f"({self.plain_arguments()})")
        text += self.head(f"class {self.pick('C', 'D', '_E', '日本')}{self.type_parameters()}{bases}", level)
        text += self.block(level + 1, docstring=True)
        self.scope = saved
        self.in_comprehension = saved_comprehension
        return text

    def plain_arguments(self):
        saved, self.in_comprehension = self.in_comprehension, 1
        text = self.arguments()
        self.in_comprehension = saved
        return text

    compounds = [if_, if_, while_, for_, for_, with_, try_, try_, match_, function, function, function, class_]


def is_valid(text):
    try:
        compile(text, "<generated>", "exec", dont_inherit=True)
        return True
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def program(seed, size=12, strings=False):
    """The text of program number `seed`."""
    random_ = random.Random(f"program {seed}")
    chunks = []
    if not strings and random_.random() < 0.1:
        chunks.append(random_.choice(['"""Docstring."""\n', "# coding: utf-8\n", "from __future__ import annotations\n", "\n\n", "\ufeff"]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        while len(chunks) < size:
            generator = Generator(random_.getrandbits(64))
            if strings:
                generator.maximum_depth = random_.choice([0, 0, 1, 2])
                chunk = generator.strings() + "\n"
            else:
                chunk = generator.statement()
            # A statement with much in it is often invalid; small ones shall not crowd out the large ones for that.
            if is_valid(chunk) and (len(chunk) > 60 or strings or random_.random() < 0.5):
                chunks.append(chunk)
        text = "".join(chunks)
        if random_.random() < 0.05:
            text = text.rstrip("\n")
        if random_.random() < 0.05:
            text = text.replace("\n", "\r\n")
        return text if is_valid(text) else program(f"{seed}'", size, strings)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=0, help="the first program's number")
    parser.add_argument("--count", type=int, default=1, help="how many programs")
    parser.add_argument("--size", type=int, default=12, help="statements a program")
    parser.add_argument("--strings", action="store_true", help="only string literals")
    parser.add_argument("--output", help="a folder for the programs")
    options = parser.parse_args()
    for seed in range(options.seed, options.seed + options.count):
        text = program(seed, options.size, options.strings)
        if options.output:
            os.makedirs(options.output, exist_ok=True)
            with open(os.path.join(options.output, f"program{seed:06}.py"), "w", encoding="utf-8", newline="") as file:
                file.write(text)
        else:
            sys.stdout.write(text if text.endswith("\n") else text + "\n")


if __name__ == "__main__":
    main()
