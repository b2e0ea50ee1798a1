# Fields, constructors and texts of the builtin exceptions.
import sys


def t(source, **names):
    try:
        print(source, '->', repr(eval(source, globals(), names))[:150])
    except BaseException as e:
        print(source, '->', type(e).__name__, e)


for s in ["OSError(2,'x')","OSError(2,'x','f')","OSError(2,'x','f',None,'g')","str(OSError(2,'x','f'))","str(OSError(2,'x','f',None,'g'))","OSError(2,'x','f').args","OSError(2,'x','f',5)","OSError(2,'x','f',5).args","OSError(2)","OSError('a')","OSError(2,'x',None).filename","BlockingIOError(11,'x',5).characters_written","BlockingIOError(11,'x').characters_written","OSError(1,2,3,4,5,6)","str(OSError(2,'x'))","str(OSError())","OSError(a=1)","OSError('2','x')","FileNotFoundError(13,'x')","OSError(13,'x').__reduce__()","OSError(13,'x','f').__reduce__()","OSError(13,'x','f',None,'g').__reduce__()","StopIteration(1,2).value","StopIteration().value","SystemExit(1,2).code","SystemExit(3).code","SystemExit().code","ImportError('a',name='b',path='c')","ImportError('a',name='b',foo='c')","ImportError('a',name='b').__reduce__()","ImportError('a','b').msg","ImportError('a').msg","str(ImportError('a',name='b'))","str(ImportError('a','b'))","NameError('x',name='y').name","NameError('x',foo='y').name","AttributeError('x',name='y',obj=3).obj","AttributeError('x',name='y',obj=3).__reduce__()","AttributeError('x',name='y',obj=3).__getstate__()","SyntaxError('m',('f',1,2,'t'))","SyntaxError('m',('f',1,2,'t',3,4)).end_offset","SyntaxError('m',('f',1,2))","SyntaxError('m',('f',1,2,'t',3))","str(SyntaxError('m',('f',1,2,'t')))","str(SyntaxError('m',('/a/b/f',None,2,'t')))","str(SyntaxError('m',(None,1,2,'t')))","str(SyntaxError())","str(SyntaxError('x'))","SyntaxError('m',5)","UnicodeDecodeError('utf-8',b'abc',1,2,'bad')","str(UnicodeDecodeError('utf-8',b'abc',1,2,'bad'))","str(UnicodeDecodeError('utf-8',b'abc',1,3,'bad'))","UnicodeDecodeError('utf-8','abc',1,2,'bad')","UnicodeDecodeError(1)","str(UnicodeEncodeError('ascii','a\u20acb',1,2,'bad'))","str(UnicodeEncodeError('ascii','a\u20acb',1,3,'bad'))","str(UnicodeEncodeError('ascii','a\U0001f600b',1,2,'bad'))","str(UnicodeEncodeError('ascii','a\xe9b',1,2,'bad'))","str(UnicodeTranslateError('a\u20acb',1,2,'bad'))","str(UnicodeTranslateError('a\u20acb',1,3,'bad'))","UnicodeDecodeError('u',b'abc',-5,20,'r').start","str(UnicodeDecodeError('u',b'abc',-5,20,'r'))","str(KeyError('a'))","str(KeyError())","str(KeyError(1,2))","repr(KeyError('a'))","repr(ValueError('a','b'))","repr(ValueError('a'))","str(ValueError('a','b'))","ValueError(a=1)","BaseException().args","BaseException(1).__reduce__()","BaseException.__new__(int)","ExceptionGroup('m',[ValueError()])","ExceptionGroup('m',[])","ExceptionGroup('m',5)","ExceptionGroup(1,[ValueError()])","ExceptionGroup('m',[1])","ExceptionGroup('m',[KeyboardInterrupt()])","BaseExceptionGroup('m',[ValueError()])","BaseExceptionGroup('m',[KeyboardInterrupt()])","ExceptionGroup('m')","ExceptionGroup('m',[ValueError(1)],3)","str(ExceptionGroup('m',[ValueError(1)]))","str(ExceptionGroup('m',[ValueError(1),TypeError()]))","ExceptionGroup('m',[ValueError(1)]).split(ValueError)","ExceptionGroup('m',[ValueError(1)]).split(TypeError)","ExceptionGroup('m',[ValueError(1)]).split(5)","ExceptionGroup('m',[ValueError(1)]).subgroup([])","ExceptionGroup[int]","ExceptionGroup('m',[ValueError(1)]).args","ExceptionGroup('m',[ValueError(1)]).derive([TypeError()])","BaseException().with_traceback(5)","BaseException().add_note(5)","setattr(BaseException(),'__cause__',5)","setattr(BaseException(),'__context__',5)","setattr(BaseException(),'__traceback__',5)","setattr(BaseException(),'args',5)","BaseException().__setstate__(5)","delattr(BaseException(),'__cause__')","delattr(BaseException(),'__traceback__')","delattr(BaseException(),'args')","delattr(BaseException(),'__suppress_context__')","setattr(BaseException(),'__suppress_context__',2)","setattr(StopIteration(),'value',2)","delattr(StopIteration(),'value')","MemoryError('x')","setattr(UnicodeDecodeError('utf-8',b'abc',1,2,'bad'),'start','x')","setattr(UnicodeDecodeError('utf-8',b'abc',1,2,'bad'),'encoding',5)","BlockingIOError(11,'x','y').characters_written", "str(UnicodeDecodeError.__new__(UnicodeDecodeError))","UnicodeDecodeError.__new__(UnicodeDecodeError).start","AttributeError().name","IndentationError('m',('f',1,2,'t')).lineno","ImportError().path","SyntaxError('a','b','c').msg","SyntaxError('a').print_file_and_line","SyntaxError('a').text","OSError().errno","OSError(None,None).errno"]:
    t(s)


class Two(OSError):
    def __init__(self, a, b=None):
        super().__init__(a, b)
        self.extra = 1


class Three(OSError):
    def __new__(cls, *args):
        return super().__new__(cls, *args)


t("Two(2, 'x').errno, Two(2, 'x').args, type(Two(2, 'x'))")
t("Three(2, 'x').errno, Three(2, 'x').args, type(Three(2, 'x'))")


class Slow(Exception):
    def __init__(self, *args, key=None):
        self.key = key


t("Slow(1, key=2).args, Slow(1, key=2).key")
t("str(Slow(1, key=2)), repr(Slow(1, 2, key=2))")

# Contexts, and how circles are avoided.
try:
    try:
        raise ValueError(1)
    except ValueError as first:
        saved = first
        try:
            raise TypeError(2)
        except TypeError as second:
            raise first
except ValueError as error:
    print(repr(error), repr(error.__context__), repr(error.__context__.__context__))

try:
    try:
        1 / 0
    except ZeroDivisionError as e:
        raise e
except ZeroDivisionError as e:
    print(e.__context__, e.__cause__, e.__suppress_context__)

try:
    raise ValueError from TypeError
except ValueError as e:
    print(repr(e), repr(e.__cause__), e.__suppress_context__, e.__context__)
for cause in (None, 5, int, TypeError(3)):
    try:
        try:
            1 / 0
        except ZeroDivisionError:
            raise ValueError from cause
    except Exception as e:
        print(repr(e), repr(e.__cause__), e.__suppress_context__, repr(e.__context__))


class NotAnException:
    pass


class Strange(Exception):
    def __new__(cls):
        return 5


for thing in (NotAnException, NotAnException(), 5, 'text', Strange, None):
    try:
        raise thing
    except TypeError as e:
        print(e)

# Groups.
group = BaseExceptionGroup('all', [ValueError(1), ExceptionGroup('inner', [TypeError(2), ValueError(3)]), KeyboardInterrupt()])
print(group, repr(group), group.message, group.exceptions)
for matcher in (ValueError, TypeError, (TypeError, KeyboardInterrupt), KeyError, BaseException, Exception, ExceptionGroup, lambda e: isinstance(e, ValueError)):
    print(group.split(matcher), group.subgroup(matcher))


class MyGroup(ExceptionGroup):
    def __new__(cls, message, exceptions, code):
        self = super().__new__(cls, message, exceptions)
        self.code = code
        return self

    def derive(self, exceptions):
        return MyGroup(self.message, exceptions, self.code)


mine = MyGroup('mine', [ValueError(1), TypeError(2)], 42)
mine.add_note('note')
match, rest = mine.split(ValueError)
print(type(match), match.code, match.__notes__, match.__notes__ is mine.__notes__, rest.exceptions)
try:
    raise mine
except* ValueError as e:
    print(repr(e), e.code)
except* TypeError as e:
    print(repr(e), e.code)
print(ExceptionGroup('x', (ValueError(),)), repr(ExceptionGroup('x', (ValueError(),))))


def star(error, *, second=None):
    try:
        try:
            raise error
        except* ValueError as e:
            print('  ValueError', repr(e))
            if second == 'raise':
                raise KeyError(1)
            if second == 'bare':
                raise
            if second == 'same':
                raise e
        except* OSError as e:
            print('  OSError', repr(e))
    except BaseException as e:
        print('  out', repr(e), repr(e.__context__), repr(e.__cause__))


for second in (None, 'raise', 'bare', 'same'):
    for error in (ValueError(1), OSError(2), KeyError(3), ExceptionGroup('g', [ValueError(1)]), ExceptionGroup('g', [ValueError(1), OSError(2), KeyError(3)]),
                  ExceptionGroup('g', [ExceptionGroup('h', [ValueError(1), KeyError(2)]), OSError(2)])):
        print(second, repr(error))
        star(error, second=second)

# Tracebacks.
try:
    1 / 0
except ZeroDivisionError as e:
    tb = e.__traceback__
print(tb.tb_lineno, tb.tb_next, tb.tb_lasti >= 0, type(tb.tb_frame).__name__, dir(tb))
for value in (5, tb):
    try:
        tb.tb_next = value
    except Exception as e:
        print(type(e).__name__, e)
print(type(tb)(None, tb.tb_frame, 1, 2).tb_lineno)
print(ValueError(1).with_traceback(tb).__traceback__ is tb)
print(sys.exception())
