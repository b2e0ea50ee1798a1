# Reports of many kinds of failing expressions: where the carets stand.
import sys


def report(function, *arguments):
    try:
        function(*arguments)
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)


def division(a, b):
    return a / b


def calls():
    return division(1, 0)


def assigned():
    value = division(1, 0)
    return value


def assigned_more():
    value = division(1, 0) + 1
    return value


def attribute(x):
    return x.foo.bar


def subscript(x):
    return x[0][1]['key']


def subscripts_over_lines(x):
    return x[
        0
    ][
        1
    ]


def binary_over_lines(a, b):
    return (
        a +
        b
    )


def operators(a, b):
    yield lambda: a + b
    yield lambda: a  +  b
    yield lambda: a//b
    yield lambda: a ** b
    yield lambda: (a) @ (b)
    yield lambda: a <b
    yield lambda: a and b.c
    yield lambda: not b.c
    yield lambda: -b
    yield lambda: ~a.b
    yield lambda: a in b
    yield lambda: [x for x in b.c]
    yield lambda: a if b.x else 1
    yield lambda: f"{a + b}"
    yield lambda: f"{a.b!r:>{b}}"
    yield lambda: (a + b)(1, 2)
    yield lambda: a(1, 2, c=3)
    yield lambda: a.upper()
    yield lambda: b[a]
    yield lambda: b[1:2:3].c
    yield lambda: {**b}
    yield lambda: [*b]
    yield lambda: print(*b)
    yield lambda: print(**b)
    yield lambda: (lambda: a.c)()
    yield lambda: (yield_ := b.c)
    yield lambda: 'é' + b + 'ü'.q
    yield lambda: '日本語' + b.日本
    yield lambda: ['日本語', b[a], '日本']


def statement_del(a):
    del a.b


def statement_del_item(a):
    del a[1], a[2]


def statement_for(a):
    for x in a:
        pass


def statement_unpack(a):
    b, c = a


def statement_unpack_more(a):
    b, *c, d = a


def statement_with(a):
    with a as b:
        pass


def statement_augmented(a):
    a.b += 1


def statement_augmented_item(a):
    a[0] += 1


def statement_assert(a):
    assert a == 2, "not two"


def statement_assert_bare(a):
    assert a == 2 and a


def statement_raise():
    raise ValueError("multi\nline\n  message")


def statement_raise_class():
    raise KeyError


def statement_raise_number():
    raise 5


def statement_import():
    import there_is_no_such_module_here


def statement_import_from():
    from sys import there_is_no_such_name


def statement_match(a):
    match a:
        case {"x": 1, **rest} if rest.y:
            pass


def statement_while(a):
    while a.b: pass


def statement_return(a): return a.b


def decorated():
    @5
    def function():
        pass


def class_statement():
    class A(5):
        x = 1


def keyword_arguments():
    division(1, b=2, c=3)


def too_few():
    division()


def long_call():
    return division(
        1,
        2,
        3,
        4,
        5,
        6,
    )


def long_call_inside(a):
    x = [
        1,
        2,
        a.foo(
            1,
            2),
        3,
    ]


def long_arithmetic(a):
    return (1
        + 2
        + 3
        + 4
        + a
        + 5)


def comment_between(a):
    return (
        a  # the left one
        # and something between
        + 'x'  # the right one
    )


def tabs(a):
	if a:
		return	a.b	+ 1


def nested():
    def inner():
        def innermost():
            raise RuntimeError('deep')
        innermost()
    inner()


def generator():
    def numbers():
        yield 1
        yield 1 / 0
    return list(numbers())


def comprehension():
    return [1 / x for x in (1, 0)]


def semicolons(a): x = 1; y = a.b; z = 2


def unbound():
    print(local)
    local = 1


def unbound_free():
    def inner():
        return later
    inner()
    later = 1


def recursive(n):
    return recursive(n - 1) if n else 1 / 0


def mutual(n):
    if n:
        return other(n - 1)
    raise ValueError(n)


def other(n):
    return mutual(n)


for f in (calls, assigned, assigned_more, statement_raise, statement_raise_class, statement_raise_number, statement_import, statement_import_from, decorated,
          class_statement, keyword_arguments, too_few, long_call, nested, generator, comprehension, unbound, unbound_free):
    report(f)
for f in (attribute, subscript, subscripts_over_lines, statement_del, statement_del_item, statement_for, statement_unpack, statement_unpack_more, statement_with,
          statement_augmented, statement_augmented_item, statement_assert, statement_assert_bare, statement_while, statement_return, long_call_inside,
          long_arithmetic, comment_between, tabs, semicolons):
    report(f, 'text' if f is long_arithmetic else 1)
report(statement_match, {"x": 1})
report(statement_unpack, (1, 2, 3))
report(statement_unpack, (1,))
report(statement_unpack_more, (1,))
report(binary_over_lines, 1, 'a')
report(subscript, [[1]])
report(subscript, [[1, {}]])
for f in operators(1, 'b'):
    report(f)
for f in operators('a', 1):
    report(f)
report(recursive, 0)
report(recursive, 3)
report(recursive, 4)
report(recursive, 5)
report(recursive, 20)
report(mutual, 10)
report(eval, "1 +")
report(eval, "a b")
report(exec, "if x:\npass")
report(exec, "def f():\n    x = 1\n   y = 2")
report(exec, "x = 'abc")
report(exec, "f(a, b=1, c)")
report(exec, "whlie True: pass")
report(exec, "\tx = (1,\n")
report(eval, "1/0")
