# "Did you mean …?" and "Did you forget to import …?".
import sys


def report(function, *arguments):
    try:
        function(*arguments)
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)


some_global = 1


class Thing:
    attribute = 1
    _hidden = 2

    def __init__(self):
        self.instance_value = 3

    def method(self):
        return instance_value

    def method_hidden(self):
        return self._hiden

    def wrong(self):
        return self.atribute


def wrong_global():
    return some_globl


def wrong_local():
    value_of_something = 1
    return valu_of_something


def wrong_builtin():
    return pritn(1)


def forgotten():
    return math.pi


def forgotten_similar():
    sis = 1
    return json


def far_away():
    return completely_different_from_everything


def attributes(name):
    return getattr(Thing(), name)


def on_class():
    return Thing.atribute


def on_module():
    return sys.pth


def from_module():
    from sys import pth


def case():
    return Some_Global


for f in (wrong_global, wrong_local, wrong_builtin, forgotten, forgotten_similar, far_away, on_class, on_module, from_module, case, Thing().method, Thing().method_hidden, Thing().wrong):
    report(f)
for name in ('atribute', 'instance_valu', '_hiden', 'x', 'methd', 'METHOD', '__init_'):
    report(attributes, name)
for value in (1, 'a', [], {}, None, 1.5, (), set(), b'', print, int, len):
    report(lambda: value.appendd)
    report(lambda: value.keyss)
    report(lambda: value.upperr)
report(lambda: [].apend(1))
report(lambda: ''.fromat())
raise NameError('made by hand', name='prnt')
