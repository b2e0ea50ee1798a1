# Modules set attributes as objects do: object.__setattr__ serves them, and LazyLoader loads a module at its first use.
import importlib.util
import sys
import types


class Told(types.ModuleType):
    def __setattr__(self, name, value):
        print("set", name)
        super().__setattr__(name, value)

    def __delattr__(self, name):
        print("delete", name)
        super().__delattr__(name)


for module in types.ModuleType("plain"), Told("told"):
    object.__setattr__(module, "x", 1)
    print(module.x, module.__dict__["x"])
    object.__delattr__(module, "x")
    for function in object.__delattr__, delattr, object.__getattribute__, getattr:
        try:
            function(module, "x")
        except AttributeError as error:
            print(error)
    module.y = 2
    del module.y
    try:
        object.__setattr__(module, "__dict__", {})
    except AttributeError as error:
        print(error)
print(types.ModuleType.__setattr__ is object.__setattr__, "__setattr__" in vars(types.ModuleType))


def lazy(name):
    spec = importlib.util.find_spec(name)
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


module = lazy("colorsys")
print(object.__getattribute__(module, "__class__").__name__)
print(module.rgb_to_hsv(0, 0, 1), type(module).__name__)
module = lazy("this_is_set" if False else "keyword")
module.own = 1
print(type(module).__name__, module.own, module.iskeyword("if"))
module = lazy("bisect")
try:
    del module.nothing
except AttributeError as error:
    print(error, type(module).__name__)

try:
    import _imp

    class Spec:
        name = "a\0b"
        origin = "place"

    _imp.create_dynamic(Spec())
except ValueError as error:
    print(error)

# A frozen module that is no file's.
import _imp

spec = importlib.util.find_spec("__hello_only__")
print(spec.origin, spec.has_location, vars(spec.loader_state), _imp.find_frozen("__hello_only__"), _imp.is_frozen_package("__hello_only__"))
import __hello_only__

print(__hello_only__.initialized, hasattr(__hello_only__, "__file__"), _imp.get_frozen_object("__hello_only__").co_filename)
