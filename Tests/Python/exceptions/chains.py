# Causes, contexts, notes and groups in reports.
import sys


def report(function, *arguments):
    try:
        function(*arguments)
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)


def context():
    try:
        1 / 0
    except ZeroDivisionError:
        {}['missing']


def cause():
    try:
        1 / 0
    except ZeroDivisionError as error:
        raise ValueError('wrapped') from error


def suppressed():
    try:
        1 / 0
    except ZeroDivisionError:
        raise ValueError('alone') from None


def three():
    try:
        cause()
    except ValueError:
        raise TypeError('third')


def in_finally():
    try:
        1 / 0
    finally:
        [].pop()


def circle():
    a, b = ValueError('a'), ValueError('b')
    a.__context__ = b
    b.__context__ = a
    raise a


def itself():
    a = ValueError('itself')
    a.__cause__ = a
    raise a


def notes():
    error = ValueError('noted')
    error.add_note('first')
    error.add_note('second\nover two lines')
    raise error


def odd_notes():
    error = ValueError('noted')
    error.__notes__ = 5
    raise error


def tuple_notes():
    error = ValueError('noted')
    error.__notes__ = ('a', 1, None)
    raise error


class BadText(Exception):
    def __str__(self):
        raise RuntimeError


class Empty(Exception):
    def __str__(self):
        return ''


class Outer:
    class Inner(Exception):
        pass


class Odd(Exception):
    __module__ = 'some.where'


def group():
    raise ExceptionGroup('several', [ValueError(1), TypeError('two\nlines'), KeyError('k')])


def raised(error):
    try:
        raise error
    except BaseException as caught:
        return caught


def nested_group():
    try:
        raise ExceptionGroup('outer', [raised(ValueError(1)), ExceptionGroup('inner', [raised(KeyError('x')), OSError(2, 'No such file')]), raised(TypeError())])
    except ExceptionGroup as error:
        error.add_note('a note on the group')
        raise RuntimeError('while handling') from error


def wide_group():
    raise ExceptionGroup('wide', [ValueError(i) for i in range(20)])


def widest_group():
    raise ExceptionGroup('wide', [ValueError(i) for i in range(16)])


def deep_group():
    error = ValueError('innermost')
    for i in range(14):
        error = ExceptionGroup(f'level {i}', [error])
    raise error


def group_with_contexts():
    try:
        1 / 0
    except ZeroDivisionError as zero:
        first = raised(ValueError('with context'))
        second = KeyError('with cause')
        second.__cause__ = zero
    raise ExceptionGroup('members with chains', [first, second])


def star():
    try:
        raise ExceptionGroup('g', [ValueError(1), TypeError(2), OSError(3)])
    except* ValueError as group:
        raise KeyError('from the handler')
    except* TypeError:
        pass


def star_reraise():
    try:
        raise ExceptionGroup('g', [ValueError(1), ExceptionGroup('h', [TypeError(2), ValueError(5)]), OSError(3)])
    except* ValueError as group:
        raise
    except* OSError:
        pass


def star_naked():
    try:
        raise ValueError('naked')
    except* ValueError as group:
        print(repr(group), group.exceptions)
        raise


for f in (context, cause, suppressed, three, in_finally, circle, itself, notes, odd_notes, tuple_notes, group, nested_group, wide_group, widest_group, deep_group,
          group_with_contexts, star, star_reraise, star_naked):
    report(f)
for error in (BadText(), Empty(), Outer.Inner('inner'), Odd('odd'), KeyError(), KeyError('a'), KeyError('a', 'b'), SystemExit(3), KeyboardInterrupt(), OSError(2, 'x', 'f'),
              UnicodeDecodeError('utf-8', b'abc', 0, 1, 'bad'), SyntaxError('m', ('f', 1, 2, 'text')), SyntaxError('m', ('f', 1, 2, '  text\n', 1, 5)),
              SyntaxError('m', ('f', None, None, None)), SyntaxError(), SyntaxError('x'), SyntaxError('m', (None, 3, 100, 'text', 3, 200)),
              SyntaxError('m', ('f', 1, 0, 'text')), SyntaxError('m', ('f', 1, 3, '\tt\tx y\n', 2, 1)), SyntaxError('m', ('f', 1, -1, 'text')), ImportError('m', name='a', path='b'),
              ValueError('surrogate \udc80'), ValueError('null \0 \x07')):
    sys.excepthook(type(error), error, None)
