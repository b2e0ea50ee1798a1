# f-strings: expressions, conversions, specifications, nesting and debugging.
name, value, width = "krait", 3.14159, 12
print(f"{name} {name!r} {name!s:>10} {value:.2f} {value:{width}.{2}f}|")
print(f"{{}} {{{name}}} {name=} {name = } {value=:.1f} {name=!s} {1+1=} { 1 + 1 = }")
print(f"{'a' 'b'} {"same quotes"} {f"{f"{1 + 1}"}"} {[x for x in range(3)]} { {1: 2}[1] } { {1: 2} } {(lambda x: x * 2)(4)} {1 if name else 2}")
print(f"{name!r:^{width}}|{'x' * 3:>{width - 2}}|{value:0>+{width}.{1 + 1}e}|{None} {True!s:6}| {...} {[1, 'a']!s}")
print(f'''{
    name
    # a comment in the braces
} multi {
    value
    :.3f}''')
print(f"\x41\u00e9\N{BULLET}{'\n'.join(['a', 'b'])}")
print(rf"\n{name}\t" fr"{value:.1f}\d" "plain" f"", f"" == "", f"{''}" == "")
print(f"{name:}" f"{name!s:}" f"{10:#x} {10:08b} {1000000:,} {255:#06X} {-5:+d} {5: d} {0.25:%} {'é':*^5}")
class F:
    def __format__(self, spec): return f"[{spec}]"
print(f"{F()} {F():abc} {F():{'x'}{'y'}} {F(): }")
x = 5
print(f"{x:=10}|{(y := x + 1)}|{y}|{x!r}|{x:{'>'}{10}}|{x!s:{'<'}{3}}|")
print(f"{yield_value}" if (yield_value := 3) else "", f"{x, y}", f"{x,}", f"{*[1, 2], 3}", f"{x if x > 3 else y}", f"{not x}", f"{x == 5}", f"{x != 5}", f"{x >= 5}", f"{x <= 5}")
def gen():
    r = yield f"{(yield 1)} and {(yield 2)}"
    print("got", r)
g = gen()
print(next(g), g.send("A"), g.send("B"))
