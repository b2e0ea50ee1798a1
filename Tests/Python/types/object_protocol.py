# object: construction, default methods, reduce, class assignment, dir.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

o = object()
show('object() == object(), o == o, o != o, bool(o), o.__eq__(1), o.__ne__(o), o.__hash__() == hash(o), repr(o)[:18], o.__str__()[:7], o.__dir__()[:1] != [], o.__class__, isinstance(o.__doc__, str), o.__sizeof__() > 0', lambda: (object() == object(), o == o, o != o, bool(o), o.__eq__(1), o.__ne__(o), o.__hash__() == hash(o), repr(o)[:18], o.__str__()[:7], o.__dir__()[:1] != [], o.__class__, isinstance(o.__doc__, str), o.__sizeof__() > 0))
show('o < o', lambda: o < o)
show('o + o', lambda: o + o)
show('o.x', lambda: o.x)
show('setattr(o, "x", 1)', lambda: setattr(o, "x", 1))
show('delattr(o, "x")', lambda: delattr(o, "x"))
show('object(1)', lambda: object(1))
show('object(x=1)', lambda: object(x=1))
show('object.__new__(object, 1)', lambda: object.__new__(object, 1))
show('object.__init__(o, 1)', lambda: object.__init__(o, 1))
show('object.__new__(5)', lambda: object.__new__(5))
show('o.__format__("")[:7], format(o)[:7]', lambda: (o.__format__("")[:7], format(o)[:7]))
show('format(o, "d")', lambda: format(o, "d"))
show('o.__init_subclass__(), o.__subclasshook__(int)', lambda: (o.__init_subclass__(), o.__subclasshook__(int)))
show('object.__init_subclass__(1)', lambda: object.__init_subclass__(1))
show('setattr(o, "__class__", int)', lambda: setattr(o, "__class__", int))
show('object.__setattr__(int, "x", 1)', lambda: object.__setattr__(int, "x", 1))
show('object.__getattribute__(5, "real"), object.__repr__(5)[:15]', lambda: (object.__getattribute__(5, "real"), object.__repr__(5)[:15]))
show('object.__getattribute__(5)', lambda: object.__getattribute__(5))
show('object.__lt__(1, 2), object.__eq__(1, 1), object.__eq__(1, 1.0), object.__hash__(None) is not None', lambda: (object.__lt__(1, 2), object.__eq__(1, 1), object.__eq__(1, 1.0), object.__hash__(None) is not None))
show('type(object), object.__bases__, object.__mro__, object.__base__, object.__dict__["__class__"].__class__.__name__', lambda: (type(object), object.__bases__, object.__mro__, object.__base__, object.__dict__["__class__"].__class__.__name__))
class A:
    def __init__(self): self.x = 1
    def __getstate__(self): return "state"
a = A()
show('a.__reduce_ex__(2)[1:], a.__reduce_ex__(4)[2], object.__getstate__(a), object().__getstate__()', lambda: (a.__reduce_ex__(2)[1:], a.__reduce_ex__(4)[2], object.__getstate__(a), object().__getstate__()))
show('a.__reduce__()[1][1:]', lambda: a.__reduce__()[1][1:])
class S:
    __slots__ = ("p", "q")
s = S(); s.p = 1
show('object.__getstate__(s), s.__reduce_ex__(2)[2]', lambda: (object.__getstate__(s), s.__reduce_ex__(2)[2]))
show('s.__reduce_ex__(0)', lambda: s.__reduce_ex__(0))
show('s.__reduce_ex__("x")', lambda: s.__reduce_ex__("x"))
show('sorted(set(dir(object)) - {"__firstlineno__"})', lambda: sorted(set(dir(object)) - {"__firstlineno__"}))
