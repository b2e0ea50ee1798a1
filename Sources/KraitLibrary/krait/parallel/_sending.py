"""What goes between interpreters, as bytes: pickles, in which functions that no name leads to are sent as their code and the values that they close over."""

import importlib
import io
import marshal
import os
import pickle
import sys
import traceback
import types


class NotSendable(TypeError):
    """Something cannot be sent to an interpreter, or back."""

    __module__ = "krait.parallel"


class RemoteTraceback(Exception):
    """The traceback of an exception, as the interpreter printed it where it was raised."""

    __module__ = "krait.parallel"

    def __init__(self, text):
        super().__init__(text)
        self.text = text

    def __str__(self):
        return "\n\n" + self.text.rstrip("\n")


class _Pickler(pickle.Pickler):
    def reducer_override(self, value):
        if type(value) is types.FunctionType and not _has_name(value):
            return _reduced(value)
        return NotImplemented


def _has_name(function):
    """Whether the other side can find the function by module and name."""
    module = sys.modules.get(function.__module__)
    if module is None or (function.__module__ == "__main__" and not main_file()):
        return False
    found = module
    for name in function.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is function


def _reduced(function):
    module = function.__module__
    namespace = _globals_of(function) if module == "__main__" else {}
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    state = (cells, namespace, function.__defaults__, function.__kwdefaults__, function.__dict__)
    made = (marshal.dumps(function.__code__), module, function.__name__, function.__qualname__, len(cells))
    return _make_function, made, state, None, None, _fill_function


def _globals_of(function):
    """What a function of the main program names: on the other side this is imported, if it has a file, but what it does when it is run is not done."""
    namespace = {}
    for name in _names_of(function.__code__):
        value = function.__globals__.get(name)
        if name in function.__globals__ and (value is function or not main_file() or _is_sendable(value)):
            namespace[name] = value
    return namespace


def _is_sendable(value):
    try:
        pickle.dumps(value)
    except Exception:
        return False
    return True


def _names_of(code):
    names = set(code.co_names)
    for constant in code.co_consts:
        if type(constant) is types.CodeType:
            names |= _names_of(constant)
    return sorted(names)


def _make_function(code, module, name, qualified_name, cell_count):
    namespace = importlib.import_module(module).__dict__ if module is not None else {"__builtins__": __builtins__}
    cells = tuple(types.CellType() for _ in range(cell_count))
    function = types.FunctionType(marshal.loads(code), namespace, name, None, cells)
    function.__qualname__ = qualified_name
    return function


def _fill_function(function, state):
    cells, namespace, function.__defaults__, function.__kwdefaults__, attributes = state
    for cell, value in zip(function.__closure__ or (), cells):
        cell.cell_contents = value
    for name, value in namespace.items():
        function.__globals__.setdefault(name, value)
    function.__dict__.update(attributes)


def main_file():
    """The file of the main program, or its name as a module; None when it is neither."""
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    if spec is not None:
        return spec.name
    file = getattr(main, "__file__", None)
    return file if file and os.path.isfile(file) else None


def dumps(value, what):
    """The bytes of a value; `what` names it for the error."""
    file = io.BytesIO()
    pickler = _Pickler(file, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = _DISPATCH
    try:
        pickler.dump(value)
    except Exception as error:
        raise NotSendable(f"{what} cannot be sent to another interpreter: {error}") from error
    return file.getvalue()


def loads(data, what):
    try:
        return pickle.loads(data)
    except Exception as error:
        raise NotSendable(f"{what} does not arrive in another interpreter: {type(error).__name__}: {error}") from error


_DISPATCH = {types.ModuleType: lambda module: (importlib.import_module, (module.__name__,))}


def dump_exception(exception, skipped):
    """An exception with its traceback's text, without the frames of the file `skipped`."""
    first = exception.__traceback__
    while first is not None and first.tb_frame.f_code.co_filename == skipped:
        first = first.tb_next
    exception.__traceback__ = first
    text = "".join(traceback.format_exception(exception))
    for value in (exception, _Bare(exception)):
        try:
            data = dumps(value, "the exception")
            pickle.loads(data)
            return data, text
        except Exception:
            pass
    return dumps(RuntimeError(f"{type(exception).__qualname__}: {exception}"), "the exception"), text


def load_exception(data, text):
    exception = loads(data, "the exception")
    exception.__cause__ = RemoteTraceback(text)
    return exception


class _Bare:
    """An exception whose class cannot make it from its arguments."""

    def __init__(self, exception):
        self.exception = exception

    def __reduce__(self):
        return _bare_exception, (type(self.exception), self.exception.args, self.exception.__dict__)


def _bare_exception(kind, arguments, attributes):
    exception = kind.__new__(kind, *arguments)
    exception.args = arguments
    exception.__dict__.update(attributes)
    return exception
