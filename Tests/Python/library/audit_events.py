# What audit hooks are told of.
import sys, os, gc, marshal, time, types, _thread

seen = []


def show(value):
    if isinstance(value, (str, bytes, int, float, type(None), tuple)):
        return repr(value) if not isinstance(value, tuple) else '(' + ', '.join(map(show, value)) + ')'
    return type(value).__name__


wanted = ('compile', 'exec', 'marshal.', 'gc.', 'sys.', 'time.', 'object.__setattr__', 'open', '_thread.', 'import', '_posixsubprocess')


def hook(event, args):
    if recording and event.startswith(wanted):
        if event == 'import':
            args = args[:2]
        seen.append((event, '<descriptor>' if event.startswith('_posix') else show(args)))


recording = False
sys.addaudithook(hook)


def told(title, function, *args, **kwargs):
    global recording
    seen.clear()
    recording = True
    try:
        function(*args, **kwargs)
    except BaseException as error:
        seen.append(type(error).__name__)
    recording = False
    print(title, *seen, sep='\n    ')


class A: pass
class B: pass
class C(A): pass


told('eval', eval, '1 + 1')
told('eval bytes', eval, b' 2')
told('exec', exec, 'x = 1')
told('code', exec, compile('1', 'name', 'exec'))
told('compile', compile, '"é"', 'name', 'eval')
told('wrong', compile, '(', 'name', 'eval')
told('name', setattr, C, '__name__', 'X')
told('bases', setattr, C, '__bases__', (B,))
told('class', setattr, A(), '__class__', B)
told('module', setattr, C, '__module__', 'm')
told('code of a function', setattr, lambda: 1, '__code__', (lambda: 2).__code__)
told('defaults', setattr, lambda a: 1, '__defaults__', (3,))
told('plain', setattr, C, 'attribute', 1)
told('dumps', marshal.dumps, (1, 'a'))
told('loads', marshal.loads, marshal.dumps(3))
told('open', open, '/nonexistent/file', 'r+')
told('os.open', os.open, '/nonexistent/file', os.O_RDONLY)
told('objects', gc.get_objects, generation=2)
told('referents', gc.get_referents, [1], 'b')
told('frame', sys._getframe)
told('module of a frame', sys._getframemodulename, 1)
told('sleep', time.sleep, 0)
told('negative sleep', time.sleep, -1)
told('import', __import__, 'nonexistent_module')

print(any(hook in o for o in gc.get_objects() if type(o) is list))

calls = []


def trace(frame, event, argument):
    if frame.f_code is hook.__code__:
        calls.append(event)


for allowed in (None, False, True):
    if allowed is not None:
        hook.__cantrace__ = allowed
    calls.clear()
    sys.settrace(trace)
    sys.audit('own.event', 1)
    sys.settrace(None)
    print(allowed, calls)
