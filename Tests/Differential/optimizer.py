#!/usr/bin/env python3.14
"""Compares what the optimiser makes of random constant expressions and random control flow with what CPython 3.14 makes of them.

    optimizer.py KRAIT-COMPILE [--seed N] [--count N]

A count of N gives N files of constant expressions and N files of functions with nested loops, handlers, dead code, tests on constants,
stores to several targets, locals that may be unbound and more than 64 locals. File number N is the same in every run.
"""

import argparse
import os
import random
import sys
import tempfile
import warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import code_objects as comparison

NUMBERS = [
    "0", "1", "2", "3", "7", "-1", "-2", "255", "256", "257", "10**20", "2**62", "2**63", "-2**63", "2**64-1", "2**53+1", "3**70", "1<<100",
    "True", "False", "0.0", "-0.0", "1.0", "1.5", "-2.5", "1e308", "1e-308", "5e-324", "1e999", "-1e999", "0.1", "3.0", "-3.0", "1e22",
    "0j", "1j", "-1j", "1+2j", "-1.5-2j", "(1-0j)", "-0j", "3-4j", "1e200+1e200j",
]
SEQUENCES = ["''", "'abc'", "'éx€😀'", "'\\ud800z'", "'ab'*10", "b''", "b'abc\\xff'", "()", "(1,)", "('a', None, 1.5)", "((1, 2), (3, (4,)))"]
INDICES = [
    "0", "-1", "2", "-4", "True", "10**30", "1:", "::2", "::-1", ":-1", "1:2", "None:None:-2", "-3:3", "5:1:-1", "10**30::-1", "False:", "::0",
    "'a':", "1.0:", "-100:100:3", "::10**20", "::-10**20",
]
OPERATORS = ["+", "-", "*", "/", "//", "%", "<<", ">>", "|", "&", "^", "@"]
NAMES = ["a", "b", "c", "d", "e", "f", "g", "x"]
TESTS = ["True", "False", "1", "0", "None", "''", "not 1", "__debug__", "(1,)", "1 and a", "0 or a", "a and 0", "a or 1", "a is None", "a is not None"]
TARGETS = NAMES + ["(a, b)", "(b, a, c)", "a.b", "a[b]", "(a, (b, c))", "(a, *b)", "d[1:2]", "a[1:b]"]


class ConstantExpressions:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def atom(self):
        return self.random.choice(NUMBERS if self.random.random() < 0.75 else [*SEQUENCES, "None", "..."])

    def expression(self, depth):
        choice = self.random.random()
        if depth == 0 or choice < 0.1:
            return self.atom()
        if choice < 0.6:
            return f"({self.expression(depth - 1)}) {self.random.choice(OPERATORS)} ({self.expression(depth - 1)})"
        if choice < 0.7:
            # Powers of literals alone: the sign of a NaN in a power of a NaN is the C compiler's choice.
            return f"({self.atom()}) ** ({self.atom()})"
        if choice < 0.85:
            return f"{self.random.choice(['-', '+', '~', 'not '])}({self.expression(depth - 1)})"
        return f"({self.random.choice([*SEQUENCES, self.expression(depth - 1)])})[{self.random.choice(INDICES)}]"

    def program(self):
        lines = [f"x = {self.expression(self.random.choice([1, 1, 2, 3]))}" for _ in range(400)]
        for _ in range(40):
            elements = ", ".join(self.atom() for _ in range(self.random.randrange(1, 6)))
            lines.append(self.random.choice(["x = {%s}", "x in {%s}", "x in [%s]", "x = [%s]", "x = (%s,)", "for x in [%s]: pass"]) % elements)
        return "\n".join(lines) + "\n"


class ControlFlow:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.is_generator = False

    def expression(self, depth=2):
        choice = self.random.randrange(12 if depth else 2)
        one = lambda: self.expression(depth - 1)
        match choice:
            case 0: return self.random.choice(["None", "1", "300", "'s'", "(1, 2)", "1.5", "[1, 2, 3]", "{1, 2, 3}", "[]", "-1", "not 1"])
            case 2: return f"({one()} {self.random.choice(['and', 'or'])} {one()})"
            case 3: return f"(not {one()})"
            case 4: return f"({one()} if {one()} else {one()})"
            case 5: return f"({one()} {self.random.choice(['<', '==', 'is', 'is not', 'in', 'not in'])} {one()})"
            case 6: return f"({one()} < {one()} <= {one()})"
            case 7: return f"{self.random.choice(NAMES)}({one()}, *{one()})"
            case 8: return f"{self.random.choice(NAMES)}.m({one()})"
            case 9: return f"[{one()} for {self.random.choice(NAMES)} in {one()} if {one()}]"
            case 10 if self.is_generator: return f"(yield {one()})"
            case 11: return f"({one()}, *{one()})"
        return self.random.choice(NAMES)

    def test(self):
        return self.random.choice(TESTS) if self.random.random() < 0.4 else self.expression()

    def block(self, indent, depth, in_loop, count=None):
        return [line for _ in range(count or self.random.randrange(1, 4)) for line in self.statement(indent, depth, in_loop)]

    def statement(self, indent, depth, in_loop):
        pad = "    " * indent
        inner = lambda loop=in_loop: self.block(indent + 1, depth - 1, loop)
        maybe = lambda head, probability=0.3: [pad + head, *inner()] if self.random.random() < probability else []
        names = lambda: ", ".join(self.random.sample(NAMES, 3))
        choice = self.random.choice
        match self.random.randrange(18 if depth else 10):
            case 0: return [pad + self.expression()]
            case 1 | 2: return [f"{pad}{choice(TARGETS)} = {choice(TARGETS)} = {self.expression()}"]
            case 3: return [f"{pad}{names()} = {names()}"]
            case 4: return [f"{pad}{choice([*NAMES, 'a.b', 'a[b]'])} += {self.expression(1)}"]
            case 5: return [f"{pad}del {choice(NAMES)}"]
            case 6: return [pad + (choice(["break", "continue"]) if in_loop else "pass")]
            case 7: return [pad + choice(["return", f"return {self.expression()}", "raise", f"raise a from {self.expression(1)}"])]
            case 8: return [f"{pad}assert {self.test()}, {self.expression(1)}"]
            case 9: return [pad + choice(["import a.b as c", "from a import b as c, d"])]
            case 10 | 11: return [f"{pad}if {self.test()}:", *inner(), *maybe(f"elif {self.test()}:"), *maybe("else:", 0.5)]
            case 12: return [f"{pad}while {self.test()}:", *inner(True), *maybe("else:")]
            case 13: return [f"{pad}for {choice(TARGETS)} in {self.expression()}:", *inner(True), *maybe("else:")]
            case 14: return [f"{pad}try:", *inner(), f"{pad}finally:", *inner()]
            case 15:
                handlers = [f"{pad}except {self.expression(1)}{choice(['', ' as a'])}:", *inner()]
                return [f"{pad}try:", *inner(), *handlers, *maybe("except:"), *maybe("else:"), *maybe("finally:")]
            case 16: return [f"{pad}with {self.expression(1)}{choice(['', ' as ' + choice(TARGETS)])}, a:", *inner()]
            case _:
                patterns = ["1", "None", "'s'", "[1, p, _]", "[p, *q]", "{'k': p, **q}", "a.b", "(1 | 2) as p", "a(p, k=q)", "p if p", "-1"]
                return [f"{pad}match {self.expression(1)}:"] + [
                    line for pattern in self.random.sample(patterns, 3)
                    for line in [f"{pad}    case {pattern}:", *self.block(indent + 2, depth - 1, in_loop)]]

    def function(self, number):
        self.is_generator = self.random.random() < 0.25
        head = f"def f{number}(a, b=1, /, *c, d, **e):"
        if self.random.random() < 0.2:
            locals_ = [f"    v{index} = a" for index in range(70)]
            return [head, *locals_, *self.block(1, 2, False), "    if a: del v65", "    print(v65, v66, v10, f)"]
        return [head, *self.block(1, self.random.randrange(1, 4), False, self.random.randrange(1, 7))]

    def program(self):
        lines = []
        while len(lines) < 1000:
            function = self.function(len(lines))
            try:
                compile("\n".join(function), "", "exec")
            except SyntaxError:
                continue
            lines += function
        return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=20)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(arguments.seed, arguments.seed + arguments.count):
            for kind in ConstantExpressions, ControlFlow:
                with open(os.path.join(folder, f"{kind.__name__}{seed}.py"), "w", encoding="utf-8") as file:
                    file.write(kind(seed).program())
        sys.argv = [sys.argv[0], arguments.tool, "-O", "0,1", folder]
        comparison.main()


if __name__ == "__main__":
    main()
