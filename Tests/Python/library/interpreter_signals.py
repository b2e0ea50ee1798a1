"""What another interpreter sees of the signals' handlers: the main interpreter's functions are not its own."""
import signal
import types
from concurrent import interpreters


def shown():
    import signal
    handler = signal.getsignal(signal.SIGINT)
    same = handler.__name__
    return same, signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN, signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


interp = interpreters.create()
print(shown(), interp.call(shown))
interp.close()
for cls in (staticmethod, classmethod, types.MappingProxyType):
    print(cls[int])
    for arguments in ((), (int, str)):
        try:
            cls.__class_getitem__(*arguments)
        except TypeError as error:
            print(error)
