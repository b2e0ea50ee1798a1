"""What goes between interpreters, as bytes: pickles, in which functions that no name leads to are sent as their code, their cells and what they name.

krait.parallel is made of it; krait.call() and the queues of concurrent.interpreters come here with what pickle alone refuses.
"""

import dis
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
    def __init__(self, file, imports_main):
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self.imports_main = imports_main
        self.dispatch_table = _DISPATCH

    def reducer_override(self, value):
        if type(value) is types.FunctionType and not _has_name(value, self.imports_main):
            return _reduced(value, self.imports_main)
        return NotImplemented


def _has_name(function, imports_main):
    """Whether the other side can find the function by module and name."""
    module = sys.modules.get(function.__module__)
    if module is None or (function.__module__ == "__main__" and not imports_main):
        return False
    found = module
    for name in function.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is function


def _reduced(function, imports_main):
    module = function.__module__
    namespace = _globals_of(function, imports_main) if module == "__main__" else {}
    state = (namespace, function.__defaults__, function.__kwdefaults__, function.__dict__)
    made = (marshal.dumps(function.__code__), module, function.__name__, function.__qualname__, function.__closure__)
    return _make_function, made, state, None, None, _fill_function


def _reduced_cell(cell):
    """Cells are values of their own, as functions may share them."""
    try:
        return _make_cell, (), (cell.cell_contents,), None, None, _fill_cell
    except ValueError:
        return _make_cell, ()


def _globals_of(function, imports_main):
    """What a function of the main program names. Where that is imported on the other side, what cannot be sent may be there all the same."""
    namespace = {}
    for name in _names_of(function.__code__):
        value = function.__globals__.get(name)
        if name in function.__globals__ and (value is function or not imports_main or _is_sendable(value)):
            namespace[name] = value
    return namespace


def _is_sendable(value):
    try:
        pickle.dumps(value)
    except Exception:
        return False
    return True


def _names_of(code):
    names = {instruction.argval for instruction in dis.get_instructions(code) if instruction.opname in _LOOK_UPS}
    for constant in code.co_consts:
        if type(constant) is types.CodeType:
            names |= _names_of(constant)
    return sorted(names)


def _make_function(code, module, name, qualified_name, closure):
    namespace = importlib.import_module(module).__dict__ if module is not None else {"__builtins__": __builtins__}
    function = types.FunctionType(marshal.loads(code), namespace, name, None, closure)
    function.__qualname__ = qualified_name
    return function


def _fill_function(function, state):
    namespace, function.__defaults__, function.__kwdefaults__, attributes = state
    for name, value in namespace.items():
        function.__globals__.setdefault(name, value)
    function.__dict__.update(attributes)


def _make_cell():
    return types.CellType()


def _fill_cell(cell, state):
    [cell.cell_contents] = state


def main_file():
    """The file of the main program, or its name as a module; None when it is neither."""
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    if spec is not None:
        return spec.name
    file = getattr(main, "__file__", None)
    return file if file and os.path.isfile(file) else None


def dumps(value, what):
    """The bytes of a value for an interpreter that imports the main program, if that has a file; `what` names it for the error."""
    return _dumps(value, what, bool(main_file()))


def dumps_alone(value):
    """The bytes of a value for an interpreter that knows nothing of the main program."""
    return _dumps(value, f"{value!r}", False)


def _dumps(value, what, imports_main):
    file = io.BytesIO()
    try:
        _Pickler(file, imports_main).dump(value)
    except Exception as error:
        raise NotSendable(f"{what} cannot be sent to another interpreter: {error}") from error
    return file.getvalue()


def loads(data, what):
    try:
        return pickle.loads(data)
    except Exception as error:
        raise NotSendable(f"{what} does not arrive in another interpreter: {type(error).__name__}: {error}") from error


_DISPATCH = {types.ModuleType: lambda module: (importlib.import_module, (module.__name__,)), types.CellType: _reduced_cell}

#: Instructions that look names up in globals.
_LOOK_UPS = frozenset(["LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"])


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
