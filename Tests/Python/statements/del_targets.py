# del of names, attributes, items, slices, nested targets, and errors.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

def run(source, mode="exec"):
    print(repr(source))
    try:
        exec(compile(source, "<text>", mode), {"__name__": "text"})
    except SyntaxError as error:
        print("   ", type(error).__name__, error.msg, (error.lineno, error.offset, error.end_lineno, error.end_offset), repr(error.text))
    except BaseException as error:
        print("   ", type(error).__name__ + ":", error)

a, b, c, d, e = 1, [1, 2, 3, 4, 5], {"x": 1}, 4, 5
del a
show('a', lambda: a)
del b[0], b[-1], b[:1]
print(b)
del c["x"], (d, [e])
show('d', lambda: d)
show('e', lambda: e)
del ()
del []
def local():
    x = 1
    del x
    return x
show('local()', lambda: local())
def twice():
    x = 1
    del x
    del x
show('twice()', lambda: twice())
def cell():
    x = 1
    def inner(): return x
    del x
    return inner()
show('cell()', lambda: cell())
def globally():
    global b
    del b
show('globally(), "b" in globals()', lambda: (globally(), "b" in globals()))
show('globally()', lambda: globally())
class O:
    x = 1
    def __delattr__(self, n): print("delattr", n)
    def __delitem__(self, k): print("delitem", k)
o = O()
del o.x, o[1], o[1:2], o["k", ...]
class P: pass
p = P(); p.y = 1
del p.y
def attribute(): del p.y
show('attribute()', lambda: attribute())
def class_attribute(): del O().nothing, P().x
show('class_attribute()', lambda: class_attribute())
for source in ["del 1", "del f()", "del x + 1", "del (a, 1)", "del *a", "del a if b else c", "del [x for x in y]", "del None", "del 'a'", "del a, b,", "del (a), [b], c", "del {a}", "del a := 1", "del", "del ...", "del a.b()", "del lambda: 1", "del x, y += 1"]:
    run(source)
for i in range(2):
    del i
show('i', lambda: i)
