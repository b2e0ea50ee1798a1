"""Where work is done: interpreters of their own, or threads. Each worker is served by one thread of the interpreter that wants the work done."""

import contextlib
import os
import sys
from concurrent import interpreters

import krait
from krait import _sending


class ThreadWorker:
    """Calls the function in the thread that serves the worker."""

    def __init__(self, function):
        self.function = function
        self.thread = None
        self.is_busy = False

    def do(self, chunk):
        """The results of a chunk of inputs as far as it went, and the exception that ended it, or None."""
        return _results_of(self.function, chunk)

    def stop(self):
        if self.thread is not None and self.thread.ident:
            krait.interrupt_thread(self.thread.ident)

    def close(self):
        pass


class InterpreterWorker:
    """Calls the function in an interpreter, which it keeps until it is closed."""

    #: Whether this interpreter is one that is importing the main program for its work.
    is_preparing = False

    def __init__(self, function):
        self.thread = None
        self.is_busy = False
        self.interpreter = None
        # An error in sending the function is the caller's, before anything has begun.
        self.function = _sending.dumps(function, f"{function!r}")

    def do(self, chunk):
        if self.interpreter is None:
            self._start()
        values, exception = self._call(_serve, _sending.dumps(chunk, _name_of(chunk)))
        return _sending.loads(values, "the result"), exception and _sending.load_exception(*exception)

    def _start(self):
        self.interpreter = interpreters.create()
        main = _sending.main_file() if b"__main__" in self.function else None
        is_module = getattr(sys.modules["__main__"], "__spec__", None) is not None
        exception = self._call(_prepare, sys.path, sys.argv, main, is_module, self.function)
        if exception:
            raise _sending.load_exception(*exception)

    def _call(self, function, *arguments):
        return krait.call(self.interpreter.id, function, *arguments)

    def stop(self):
        if self.interpreter is not None:
            with contextlib.suppress(interpreters.InterpreterError, interpreters.InterpreterNotFoundError, TimeoutError):
                krait.terminate(self.interpreter.id)

    def close(self):
        if self.interpreter is not None:
            with contextlib.suppress(interpreters.InterpreterError, interpreters.InterpreterNotFoundError):
                self.interpreter.close()


def _name_of(chunk):
    return f"the input {chunk[0][0]!r}" if len(chunk) == 1 and len(chunk[0]) == 1 else f"one of the inputs {chunk[0]!r} to {chunk[-1]!r}"


def _results_of(function, chunk):
    values = []
    try:
        for arguments in chunk:
            values.append(function(*arguments))
    except BaseException as exception:
        return values, exception
    return values, None


# In a worker's interpreter:

_function = None


def _prepare(path, arguments, main, is_module, function):
    """Makes the interpreter ready for a function, for whose sake the main program may have to be imported. Returns the exception that this raises, if any."""
    global _function
    sys.path[:] = path
    sys.argv[:] = arguments
    try:
        if main is not None:
            _import_main(main, is_module)
        _function = _sending.loads(function, "the function")
    except BaseException as exception:
        return _sending.dump_exception(exception, __file__)
    return None


def _import_main(main, is_module):
    import runpy

    InterpreterWorker.is_preparing = True
    try:
        # The name that multiprocessing gives a main program in its workers.
        namespace = (runpy.run_module if is_module else runpy.run_path)(main, run_name="__mp_main__")
    finally:
        InterpreterWorker.is_preparing = False
    module = type(sys)("__main__")
    module.__dict__.update(namespace)
    sys.modules["__main__"] = module
    for value in namespace.values():
        if getattr(value, "__module__", None) == "__mp_main__":
            with contextlib.suppress(AttributeError, TypeError):
                value.__module__ = "__main__"


def _serve(chunk):
    """Results of a chunk and the exception that ended it, both as bytes."""
    done, exception = _results_of(_function, _sending.loads(chunk, "an input"))
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    if exception is None:
        try:
            return _sending.dumps(done, "a result"), None
        except _sending.NotSendable as error:
            done, exception = [], error
    return _sending.dumps(done, "a result"), _sending.dump_exception(exception, __file__)


class ScriptWorker:
    """Runs scripts, each in an interpreter that is made for it."""

    def __init__(self):
        self.thread = None
        self.is_busy = False
        self.interpreter = None

    def do(self, chunk):
        (script, text), = chunk
        self.interpreter = interpreters.create()
        try:
            return [krait.call(self.interpreter.id, _run_script, script, text)], None
        finally:
            self.close()

    stop = InterpreterWorker.stop

    def close(self):
        InterpreterWorker.close(self)
        self.interpreter = None


def _run_script(script, text):
    """Runs a script to its end, in this interpreter. Returns its status, and what it wrote."""
    import io

    output, errors = io.BytesIO(), io.BytesIO()
    sys.argv[:] = [script, text]
    if not sys.flags.safe_path:
        sys.path.insert(0, os.path.dirname(os.path.realpath(script)))
    sys.stdin = sys.__stdin__ = open(os.devnull, encoding="utf-8")
    for name, stream, handler in (("stdout", output, "strict"), ("stderr", errors, "backslashreplace")):
        known = getattr(sys, name)
        encoding = known.encoding if known is not None else "utf-8"
        wrapper = io.TextIOWrapper(stream, encoding, handler, write_through=True)
        setattr(sys, name, wrapper)
        setattr(sys, f"__{name}__", wrapper)
    status = _status_of(script)
    import atexit
    import threading

    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    return status, output.getvalue(), errors.getvalue()


def _status_of(script):
    from importlib.machinery import SourceFileLoader

    module = type(sys)("__main__")
    loader = SourceFileLoader("__main__", script)
    module.__dict__.update(__file__=script, __builtins__=__builtins__, __loader__=loader)
    sys.modules["__main__"] = module
    try:
        with open(script, "rb") as file:
            source = file.read()
        exec(compile(source, script, "exec", dont_inherit=True), module.__dict__)
    except SystemExit as exit:
        if exit.code is None or isinstance(exit.code, int):
            return (exit.code or 0) & 0xFF
        print(exit.code, file=sys.stderr)
        return 1
    except BaseException as exception:
        # The program's own frames come behind those of this file.
        first = exception.__traceback__
        while first is not None and first.tb_frame.f_code.co_filename == __file__:
            first = first.tb_next
        sys.excepthook(type(exception), exception.with_traceback(first), first)
        return 130 if isinstance(exception, KeyboardInterrupt) else 1
    return 0
