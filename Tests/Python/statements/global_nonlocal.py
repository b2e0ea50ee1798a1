# global and nonlocal: binding, deletion, errors of placement.
def run(source, mode="exec"):
    print(repr(source))
    try:
        exec(compile(source, "<text>", mode), {"__name__": "text"})
    except SyntaxError as error:
        print("   ", type(error).__name__, error.msg, (error.lineno, error.offset, error.end_lineno, error.end_offset), repr(error.text))
    except BaseException as error:
        print("   ", type(error).__name__ + ":", error)

x = "global"
def a():
    global x, fresh
    x = "changed"; fresh = "made"
    def inner():
        global x
        x += "!"
    inner()
a()
print(x, fresh)
def b():
    y = 0
    def up():
        nonlocal y
        y += 1
        def more():
            nonlocal y
            y += 10
            return y
        return more()
    return up(), up(), y
print(b())
def c():
    z = 1
    def delete():
        nonlocal z
        del z
    delete()
    try:
        return z
    except NameError as e:
        return type(e).__name__, str(e)
print(c())
def d():
    class K:
        nonlocal q
        q = "from class"
        w = q
    return q, K.w
    q = 0
print(d())
def e():
    v = 1
    class K:
        v = 2
        def m(self): return v
        l = [v, (lambda: v)()]
    return K().m(), K.l
print(e())
class G:
    global in_class
    in_class = "yes"
print(in_class, hasattr(G, "in_class"))
def f():
    exec("hidden = 1")
    try: return hidden
    except NameError as e: return str(e)
print(f())
for i in range(1):
    def g():
        global i
        i = "loop"
    g()
print(i)
for source in ["nonlocal x", "def f():\n nonlocal x", "def f():\n x = 1\n global x", "def f():\n print(x)\n global x", "def f(x):\n global x", "def f(x):\n nonlocal x", "def f():\n global x\n nonlocal x", "x = 1\nglobal x", "def f():\n x: int\n global x", "def f():\n x = 1\n def g():\n  x = 2\n  nonlocal x", "class A:\n nonlocal x", "def f():\n for x in y: pass\n global x", "def f():\n import x\n global x", "def f():\n def x(): pass\n nonlocal x", "global x, x", "def f():\n global x\n x: int = 1", "def f():\n [x for x in y]\n global x", "global", "nonlocal 5", "def f():\n x = 1\n def g():\n  global x\n  def h():\n   nonlocal x", "def f[T]():\n nonlocal T", "def f():\n T = 1\n def g[T]():\n  nonlocal T"]:
    run(source)
