# complex() of text and of pairs.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for text in ["1", "1j", "-1j", "+j", "j", "-j", "1+j", "1-j", "1+2j", " 1+2j ", "(1+2j)", "( 1+2j )", "((1+2j))", "1 + 2j", "1+2", "1j+2", "1+-2j", "1e5+1e-5j", "inf+nanj", "-infj", "nan", "nanj", "1.5.2", "", "()", "(", "1+2jj", "1_0+2_0j", "_1j", "1__0j", "1+2J", ".5j", "5.j", "1e+3j", "1e3+4e-5j", "i", "1i", "1+i", "\uff11+\uff12j", "1\x00", "abc", "1e400j", "infinityj", "(1", "1)"]:
    show(ascii(text), lambda: complex(text))
class C:
    def __init__(self, value): self.value = value
    def __complex__(self): return self.value
class F:
    def __float__(self): return 2.5
class I:
    def __index__(self): return 3
class Sub(complex): pass
show('complex(), complex(1), complex(1, 2), complex(1.5, -0.0), complex(real=1, imag=2), complex(imag=1)', lambda: (complex(), complex(1), complex(1, 2), complex(1.5, -0.0), complex(real=1, imag=2), complex(imag=1)))
show('complex(1j, 1j)', lambda: complex(1j, 1j))
show('complex(1, 1j)', lambda: complex(1, 1j))
show('complex("1", 2)', lambda: complex("1", 2))
show('complex(1, "2")', lambda: complex(1, "2"))
show('complex(b"1")', lambda: complex(b"1"))
show('complex(None)', lambda: complex(None))
show('complex(1, None)', lambda: complex(1, None))
show('complex(C(1j)), complex(C(2 + 3j), 1)', lambda: (complex(C(1j)), complex(C(2 + 3j), 1)))
show('complex(C(1))', lambda: complex(C(1)))
show('complex(C("x"))', lambda: complex(C("x")))
show('complex(F()), complex(I()), complex(F(), I())', lambda: (complex(F()), complex(I()), complex(F(), I())))
show('complex(10**400)', lambda: complex(10**400))
show('Sub(1, 2), type(Sub(1, 2)), type(Sub(1) + 1), type(complex(Sub(1)))', lambda: (Sub(1, 2), type(Sub(1, 2)), type(Sub(1) + 1), type(complex(Sub(1)))))
show('complex.from_number(3), complex.from_number(1.5), complex.from_number(2j)', lambda: (complex.from_number(3), complex.from_number(1.5), complex.from_number(2j)))
show('complex.from_number("1")', lambda: complex.from_number("1"))
