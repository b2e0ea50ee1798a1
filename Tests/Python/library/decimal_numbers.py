# Decimal and Context by libmpdec: conversions, operators, methods, signals, formats, comparisons with other numbers.
import _decimal as D, decimal, math, copy
from _decimal import *
def tr(s):
    try: print(s, "->", eval(s))
    except BaseException as e: print(s, "->", type(e).__name__, e, e.args if isinstance(e, ArithmeticError) else "")
c=getcontext()
d=Decimal
for s in ["c","repr(c.flags)","repr(c.traps)","c.prec","Context(prec=0)","Context(prec=-1)","Context(prec='a')","Context(rounding='x')","Context(rounding=3)","Context(Emin=1)","Context(Emax=-1)","Context(capitals=2)","Context(clamp=2)","Context(flags=3)","Context(traps=[3])","Context(traps=[Overflow])","Context(flags={})","Context(traps={Overflow:1})","setattr(c,'foo',1)","delattr(c,'prec')","c.foo",
"d('x')","d('1e')","d(' 1_000.5 ')","d('1__0')","d('٣')","d([])","d((0,(1,2),3))","d((0,(1,2),'F'))","d((0,(1,2),'n'))","d((0,(1,2),'x'))","d((2,(1,2),0))","d((0,(1,12),0))","d((0,1,0))","d([0,[1],0])","d((0,(1,)))","d(1.5)","d(float('nan'))","d(float('-inf'))","d(True)","d(10**30)","d('1e999999999999999999999')","d(None)","d(1,2)","d('a', Context())","d(value='3')","d()",
"d(1)/0","d(0)/0","d(1)//0","d(1)%0","divmod(d(1),0)","d(-1).sqrt()","d('sNaN')+1","d('NaN')<1","d('NaN')==1","d('sNaN')==1","hash(d('sNaN'))","hash(d(1))==hash(1)","hash(d('1.5'))==hash(1.5)","int(d('inf'))","int(d('nan'))","float(d('sNaN'))","d('1e9999999')*10","d(2)**d('0.5')","pow(d(2),3,5)","pow(d(2),-3,5)","d(1)+1.5","d(1)<1.5","d(1)==1.5","1.5==d('1.5')","d(1)+'a'","d(1)<'a'","d(1)=='a'","d(3)==(3+0j)","d(1)+1j",
"round(d('2.5'))","round(d('2.567'),1)","round(d('inf'))","round(d('nan'))","round(d(1),'a')","math.floor(d('-2.5'))","d('2.5').__ceil__()","format(d('1234.567'),',.2f')","format(d('1234.567'),'x')","format(d(1),'010')","format(d('1e5'),'%')","format(d('1.5'),'é>10')","format(d('1.5'), 3)","'{:n}'.format(d('1234.5'))","d('1.5').as_tuple()","d('inf').as_tuple()","d('snan123').as_tuple()","d('1.50').as_integer_ratio()","d('inf').as_integer_ratio()","d('nan').as_integer_ratio()","d('1.5').quantize(d('1'))","d('1.5').quantize(d('1'),'x')","d('1.5').quantize(d('1'),rounding=ROUND_UP)","d('1e30').quantize(d('1e-10'))","d('1.5').to_eng_string()","str(d('1e+5'))","repr(d('-0E-10'))","d(1).compare(d(2))","d(1).compare(2.5)","d(1).compare('2')","d(1).compare_total(-1)","d(1).copy_sign(-1)","d(1).fma(2,3)","d(1).is_nan()","d(1).is_normal()","d(1).is_subnormal(context=c)","d(1).is_normal(3)","d(1).ln()","d(10).log10()","d(1).exp()","d(100).logb()","d(0).logb()","d('101').logical_and(d('110'))","d(2).logical_invert()","d(1).max(2)","d(1).next_plus()","d(1).next_toward(2)","d(1).number_class()","d(1).radix()","d(123).rotate(1)","d(123).scaleb(2)","d(123).shift(-1)","d('1.00').normalize()","d(7).remainder_near(4)","d('1.5').to_integral_value()","d('1.5').to_integral_exact(ROUND_UP)","d('1.5').to_integral_value(rounding='z')","d(1).canonical()","d(1).is_canonical()","d(1).same_quantum(2)","d(1).adjusted()","d(1).real","d(1).imag","d(1).conjugate()","complex(d(1))","d.from_float(1.5)","d.from_float('a')","d.from_float(3)","d.from_number('a')","d.from_number(3)","d.from_number(2.5)","bool(d(0))","copy.copy(d(1))","d(1).__reduce__()","d(1).__trunc__()","c.__reduce__()","c.create_decimal('1.23456')","c.create_decimal(' 1')","c.create_decimal('1_0')","c.create_decimal_from_float(1.1)","c.create_decimal('x')","c.add(1,2)","c.add(1,'2')","c.divmod(5,3)","c.power(2,3,5)","c.power(2,b=3,modulo=None)","c.quantize(d('1.55'),d('0.1'))","c.Etiny()","c.Etop()","c.radix()","c.clear_flags()","c.clear_traps()","c.copy()","c.to_sci_string(5)","c.to_eng_string(d('1e4'))","c.to_integral_value(d('1.5'))","c.is_nan(3)","c.number_class(3)","c.fma(1,2,3)","c.plus(3)","c.minus(-3)","c.abs(-3)","c.apply(d('1.234567'))","c._apply(d('1.23'))","c._set_integer","c._traps","c._flags","c._unsafe_setprec(3)",
"setcontext(3)","setcontext(DefaultContext) ","getcontext() is DefaultContext","localcontext(3)","localcontext(prec='a')","IEEEContext(32)","IEEEContext(33)","IEEEContext(513)","IEEEContext('a')","len(c.flags)","list(c.flags)","c.flags[3]","c.flags.__delitem__(Overflow)","c.flags==c.traps","c.flags.copy()","dict(c.flags)==c.flags","Overflow in c.flags","c.flags.__setitem__(3,4)","repr(BasicContext)","ExtendedContext","DivisionByZero.__mro__","FloatOperation.__mro__","DecimalTuple","DecimalTuple(1,2,3)","DecimalTuple.__module__","D.__version__","D.__libmpdec_version__","MAX_PREC","MIN_ETINY","HAVE_THREADS","HAVE_CONTEXTVAR", "d.__module__", "Context.__module__","d(1).__sizeof__()", "d(3) // d(2)", "-d(0)", "abs(d(-3))","+d('1.5')", "d('1e400').__float__()", "d('123').__format__('s')","format(d('nan'),'010')", "1 - d(3)", "2 ** d(3)", "10 % d(3)", "divmod(10, d(3))", "d(1) > d('nan')", "max(d(1), 2)", "d('0.1').__round__(None)", "round(d('1e50'), 3)", "c.is_canonical(3)","c.canonical(d(1))","c.same_quantum(1,2)","c.compare_signal(d('nan'),1)", "d('1').__divmod__('a')","d('123456789012345678901234567890')+0", "[Overflow]==[Overflow]"]: tr(s)
import math, copy
for s in ["math.floor(d('-2.5'))","copy.copy(d(1))","math.trunc(d('2.9'))"]: tr(s)
with localcontext(prec=5) as x: print(x, d(1)/3)
with localcontext(Context(prec=3, traps=[])) as x: print(d(1)/0, x.flags, d(1)/3)
class S(Decimal): pass
print(repr(S('1.5')), type(S(1)+1), S(1).__reduce__(), S.from_float(1.5), type(S(d(3))))
class C(Context):
    pass
print(C(), type(C().copy()), repr(C(prec=3)))
c=Context(); c.traps[FloatOperation]=True; setcontext(c)
for s in ["d(1.5)","d(1)==1.5","d(1)<1.5","d(1)+1.5","d.from_float(1.5)","c.create_decimal(1.5)"]: tr(s)
setcontext(Context(traps=[Inexact])); tr("d(1)/3"); tr("d('1.1')**3"); 

import fractions, pickle, random
setcontext(Context(prec=28))
random.seed(3)
numbers = [Decimal(random.choice(["", "-"]) + str(random.randrange(10 ** random.randrange(1, 60))) + "e" + str(random.randrange(-70, 70))) for _ in range(60)] + [d("NaN"), d("-Inf"), d("0E-20"), d("-0")]
total = 0
for a in numbers:
    for b in random.sample(numbers, 8):
        for f in ["+", "-", "*", "/", "//", "%", "<", "==", ">="]:
            try:
                r = eval(f"a{f}b")
            except ArithmeticError as e:
                r = type(e).__name__ + str(e)
            total = hash((total, str(r))) if isinstance(r, (bool, int)) else (total * 31 + sum(map(ord, str(r)))) % 10**12
print(total)
for n in [0, 1, -1, 2**63, -(2**64), 10**40, 3**500, -(7**700)]:
    assert int(Decimal(n)) == n and Decimal(str(n)) == n and hash(Decimal(n)) == hash(n)
for x in [0.1, -0.0, 5e-324, 1.7976931348623157e308, 1e22, 3.0, 2**-1074, 123456.789]:
    print(Decimal(x), Decimal.from_float(x) == x, hash(Decimal(x)) == hash(x), float(Decimal(x)) == x)
print(Decimal("0.5") == fractions.Fraction(1, 2), Decimal("0.3") < fractions.Fraction(1, 3), Decimal(3) == 3 + 0j)
print(pickle.loads(pickle.dumps([Decimal("1.50"), getcontext()])))
print(sum(map(Decimal, range(100))), sorted(map(Decimal, ["3", "-1", "2.5", "1e-5"])), max(numbers[:60]), min(numbers[:60]))
for spec in ["", "f", ".3f", "e", ".2e", "g", "%", ".1%", "+", " ", "010.2f", "*^20", ",", "_", "<10", "=+12.1f", "z.1f", "n", "E", "G"]:
    for x in ["1234567.891", "-0.04", "NaN", "-Inf", "0E+3", "1E-20"]:
        try:
            print(spec, x, "[" + format(d(x), spec) + "]")
        except ValueError as e:
            print(spec, x, e)
