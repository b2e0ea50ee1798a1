# symtable on the compiler's own table: scopes, flags, kinds, errors.
import _symtable, symtable
SOURCE = '''
import os, sys as system
class A[T](Base):
    x: int = 1
    __private = 2
    def f(self, a, *b, c=1, **d):
        global g
        nonlocal_ = 1
        def h():
            nonlocal nonlocal_
            return a, nonlocal_
        return [i for i in a if (j := i)]
    async def co(self): yield 1
type X[U: int] = list[U]
def generic[V](v: V) -> V: return lambda q: v + q
'''
def show(table, depth=0):
    print(' ' * depth, table.name, table.type, table.lineno, table.nested, table.varnames, table.symbols)
    for child in table.children: show(child, depth + 2)
show(_symtable.symtable(SOURCE, 'file.py', 'exec'))
top = symtable.symtable(SOURCE, 'file.py', 'exec')
def names(table, depth=0):
    print(' ' * depth, table.get_type(), table.get_name(), sorted(table.get_identifiers()))
    for symbol in sorted(table.get_symbols(), key=lambda s: s.get_name()):
        print(' ' * depth, '-', symbol.get_name(), symbol.is_local(), symbol.is_global(), symbol.is_free(), symbol.is_parameter(), symbol.is_imported(), symbol.is_assigned(), symbol.is_annotated(), symbol.is_referenced())
    for child in table.get_children(): names(child, depth + 2)
names(top)
for arguments in [(1, 'x', 'exec'), ('x', 'f', 'foo'), ('x=', 'f', 'exec'), ('x', 'f'), ('x y', None, 'exec'), ('x', 'f', 5), ('def f(a, a): pass', 'f', 'exec'), ('x\0', 'f', 'exec')]:
    try: print(_symtable.symtable(*arguments))
    except BaseException as error: print(type(error).__name__, error)
print(_symtable.symtable(b'x + y', b'f', 'eval').symbols, _symtable.symtable('x', 'f', 'single').symbols)
