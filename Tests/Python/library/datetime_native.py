# The module datetime: values, texts and errors of all types.
import copy
import datetime as D
import pickle
import warnings
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

warnings.simplefilter("ignore")


def show(text):
    try:
        print(text, "->", ascii(eval(text, globals())))
    except Exception as error:
        print(text, "!!", type(error).__name__, ascii(str(error)))


class TZ(tzinfo):
    def __init__(self, offset=None, summer=None, name=None):
        self.o, self.d, self.n = offset, summer, name

    def utcoffset(self, moment):
        return self.o

    def dst(self, moment):
        return self.d

    def tzname(self, moment):
        return self.n


class ET(tzinfo):
    pass


dt = datetime(2020, 1, 2, 3, 4, 5, 6)
d = date(2020, 1, 2)
t = time(1, 2, 3, 4)
for line in """date()
date(1)
date(1,2,3,4)
date(0,1,1)
date(10000,1,1)
date(1,13,1)
date(1,2,30)
date('a',1,1)
date(1.5,1,1)
date(2**40,1,1)
date(1,1,1,x=2)
date(year=1,month=1,x=1)
date(b'abcd')
date('abcd')
date(b'\\x07\\xe4\\x01')
date(b'\\x07\\xe4\\x0d\\x01')
date('\\x07\\u0100\\x01\\x01')
date('\\x07\\xe4\\x01\\x02')
datetime()
datetime(1,1,1,24)
datetime(1,1,1,0,60)
datetime(1,1,1,0,0,60)
datetime(1,1,1,0,0,0,1000000)
datetime(1,1,1,fold=2)
datetime(1,1,1,tzinfo=3)
datetime(1,1,1,0,0,0,0,None,1)
datetime(1,2,3,foo=1)
datetime(b'\\x07\\xe4\\x01\\x01\\0\\0\\0\\0\\0\\0',3)
datetime('\\x07\\xe4\\x81\\x01\\0\\0\\0\\0\\0\\0')
time(24)
time(0,0,0,0,0)
time(fold=3)
time(tzinfo=1)
time(b'123456',1)
time(1,2,3,4,None,5)
time(foo=1)
timedelta('a')
timedelta(1,2,3,4,5,6,7,8)
timedelta(foo=1)
timedelta(days=1e20)
timedelta(days=float('nan'))
timedelta(days=float('inf'))
timedelta(days=10**9)
timedelta(days=-10**9)
timedelta(microseconds=0.5)
timedelta(microseconds=1.5)
timedelta(days=0.1,seconds=0.3,microseconds=0.7)
timedelta(1)/0
timedelta(1)//0
timedelta(1)//timedelta(0)
timedelta(1)/timedelta(0)
timedelta(1)%timedelta(0)
divmod(timedelta(1),timedelta(0))
timedelta(1)/0.0
timedelta(1)*1.5
timedelta(1)*float('nan')
timedelta(1)*float('inf')
timedelta(1)/3
timedelta(1)/1.7
timedelta(1)//1.5
timedelta(1)%1
timedelta(1)*'a'
timedelta(1)+1
1-timedelta(1)
timedelta(1)<1
d<1
d<dt
dt<d
d==dt
d-dt
dt-d
dt<1
t<1
t<d
d+1
d-1
1-d
d+timedelta(10**7)
d-timedelta(10**7)
dt+timedelta(10**8)
date.max+timedelta(1)
date.min-timedelta(1)
datetime.max+timedelta(microseconds=1)
dt-datetime(1,1,1,tzinfo=UTC)
dt<datetime(1,1,1,tzinfo=UTC)
dt==datetime(1,1,1,tzinfo=UTC)
t<time(1,tzinfo=UTC)
t==time(1,tzinfo=UTC)
date.fromordinal(0)
date.fromordinal(10**7)
date.fromordinal('a')
date.fromordinal(2**70)
date.fromtimestamp(1e20)
date.fromtimestamp('a')
date.fromtimestamp(float('nan'))
date.fromtimestamp(2**60)
datetime.fromtimestamp(1e20)
datetime.fromtimestamp(2**60)
datetime.fromtimestamp(-2**55)
datetime.fromtimestamp('a')
datetime.fromtimestamp(1,3)
datetime.fromtimestamp(1,tz=ET())
datetime.fromtimestamp()
datetime.fromtimestamp(1.0000005,UTC)
datetime.fromtimestamp(-1.5,UTC)
datetime.utcfromtimestamp(1e20)
date.fromisoformat('2020')
date.fromisoformat(1)
date.fromisoformat('2020-W54-1')
date.fromisoformat('2020-W01-8')
date.fromisoformat('2020-W01')
date.fromisoformat('2020W017')
date.fromisoformat('20201301')
date.fromisoformat('2020-13-01')
date.fromisoformat('2020-00-01')
date.fromisoformat('0000-01-01')
date.fromisoformat('2020-02-30')
date.fromisoformat('2020\\ud80001-01')
date.fromisocalendar(2020,54,1)
date.fromisocalendar(2020,1,8)
date.fromisocalendar(0,1,1)
date.fromisocalendar(2021,53,1)
date.fromisocalendar(9999,52,7)
date.fromisocalendar('a',1,1)
date.fromisocalendar(2**40,1,1)
date.fromisocalendar(1,1)
date.fromisocalendar(1,1,1,1)
date.fromisocalendar(year=1)
datetime.fromisoformat('2020-01-01T')
datetime.fromisoformat('2020-01-01T25')
datetime.fromisoformat('2020-01-01T24:00')
datetime.fromisoformat('2020-12-31T24:00:00.000')
datetime.fromisoformat('9999-12-31T24:00')
datetime.fromisoformat('2020-01-01T24:01')
datetime.fromisoformat('2020-01-01T00:60')
datetime.fromisoformat('2020-01-01T00:00:00+24:00')
datetime.fromisoformat('2020-01-01T00:00:00+23:59:59.999999')
datetime.fromisoformat('2020-01-01T00:00:00-00:00')
datetime.fromisoformat('2020-01-01T00:00:00Z')
datetime.fromisoformat('2020-01-01T000000,1234567Z')
datetime.fromisoformat('2020-01-01T00:00:00+01:99')
datetime.fromisoformat('2020-01-01\\ud80000:00')
datetime.fromisoformat('2020-13-01T00')
datetime.fromisoformat(1)
time.fromisoformat('T01')
time.fromisoformat('24:00')
time.fromisoformat('24:01')
time.fromisoformat('xx')
time.fromisoformat(1)
time.fromisoformat('01:02:03.1234567+01:02')
dt.replace(year=0)
dt.replace(tzinfo=1)
dt.replace(foo=1)
d.replace(1,2,3,4)
d.replace(year='a')
dt.isoformat('ab')
dt.isoformat(1)
dt.isoformat(timespec='foo')
dt.isoformat(timespec=1)
dt.isoformat('\\ud800')
t.isoformat('foo')
t.isoformat(timespec='milliseconds')
datetime(1,1,1,tzinfo=TZ(5)).utcoffset()
datetime(1,1,1,tzinfo=TZ(timedelta(1))).utcoffset()
datetime(1,1,1,tzinfo=TZ(None,5)).dst()
datetime(1,1,1,tzinfo=TZ(None,None,5)).tzname()
datetime(1,1,1,tzinfo=ET()).utcoffset()
datetime(1,1,1,tzinfo=ET()).dst()
datetime(1,1,1,tzinfo=ET()).tzname()
ET().fromutc(dt)
ET().fromutc(1)
ET().utcoffset(1)
TZ().fromutc(datetime(1,1,1))
TZ(timedelta(1,5),None).fromutc(dt)
(lambda z: z.fromutc(datetime(1,1,1,tzinfo=z)))(TZ())
(lambda z: z.fromutc(datetime(1,1,1,tzinfo=z)))(TZ(timedelta(0)))
timezone()
timezone(1)
timezone(timedelta(1))
timezone(timedelta(0),1)
timezone(timedelta(0))
timezone(timedelta(0),'UTC')
timezone(timedelta(0)) is UTC
timezone(timedelta(hours=1,microseconds=1))
str(timezone(timedelta(hours=-1,microseconds=1)))
UTC.utcoffset(1)
UTC.tzname(1)
UTC.dst(1)
UTC.fromutc(1)
UTC.fromutc(dt)
timezone(timedelta(1),name='a',x=1)
UTC.utcoffset()
UTC<UTC
UTC==timezone(timedelta(0),'x')
UTC==1
dt.astimezone(1)
dt.astimezone(UTC,1)
datetime.now(1)
datetime.now(tz=ET())
datetime.combine(1,2)
datetime.combine(d,2)
datetime.combine(d,t,3)
datetime.combine(d)
datetime.combine(d,t,UTC)
dt.strftime(1)
dt.strftime()
d.strftime(format='%Y')
date(1,1,1).strftime('%Y %G %C %F %y')
date(999,1,1).strftime('%Y|%10Y|%%Y')
dt.strftime('%z %Z %:z %f %')
dt.replace(tzinfo=UTC).strftime('%z %Z %:z %f %:')
dt.replace(tzinfo=TZ(timedelta(hours=-3,seconds=-1,microseconds=-2),None,'a%b')).strftime('%z %Z %:z')
dt.strftime('\\ud800 %Y\\0 x')
format(d,1)
format(d,'')
format(d,'%j')
dt.__format__()
dt.__reduce__()
dt.__reduce_ex__(4)
dt.replace(fold=1).__reduce_ex__(3)
dt.replace(fold=1).__reduce_ex__(4)
dt.__reduce_ex__('a')
dt.replace(tzinfo=UTC).__reduce__()
d.__reduce__()
t.__reduce_ex__(4)
t.replace(fold=1).__reduce_ex__(4)
timedelta(1).__reduce__()
UTC.__reduce__()
UTC.__getinitargs__()
timezone(timedelta(1)/2,'x').__getinitargs__()
TZ(1).__reduce__()
tzinfo().__reduce__()
d.isocalendar()
type(d.isocalendar())
d.isocalendar().year
d.isocalendar()[1:]
d.isocalendar().__reduce__()
type(d.isocalendar())((1,2,3))
type(d.isocalendar())(1,2,3)
type(d.isocalendar())()
type(d.isocalendar()).__mro__
d.timetuple()
dt.replace(tzinfo=TZ(timedelta(0),timedelta(1)/24)).timetuple()
dt.utctimetuple()
datetime.min.replace(tzinfo=timezone(timedelta(1)/24)).utctimetuple()
dt.timestamp()
datetime.max.timestamp()
datetime.min.timestamp()
dt.ctime()
d.ctime()
repr(dt.replace(fold=1,tzinfo=UTC))
repr(t.replace(fold=1,tzinfo=UTC))
repr(dt.replace(second=0,microsecond=0))
repr(t.replace(second=0,microsecond=0))
repr(timedelta(0))
repr(timedelta(-1,5,6))
str(timedelta(-1,5,6))
str(timedelta(2))
repr(type('X',(timedelta,),{})(5))
repr(type('X',(date,),{})(5,1,1))
dt.year.real
date.today(1)
datetime.strptime('2020','%Y')
datetime.strptime('x','%Y')
date.strptime('2020-01-01','%Y-%m-%d')
time.strptime('01:02','%H:%M')
datetime.strptime(1,2)
datetime.strptime('1')
copy.replace(d,year=5)
copy.replace(d,x=5)
d.__replace__(1)
timedelta(1).days
timedelta(1).__init__(5)
d.__init__(5)
type('Y',(timezone,),{})
date.__new__(int,1,1,1)
timedelta.__new__(1)
bool(timedelta(0))
abs(timedelta(-1))
-timedelta.max
timedelta.min
timedelta.max
timedelta(1).total_seconds()
round(timedelta(1))
sum([timedelta(1)],timedelta(2))
D.__name__
datetime.utcnow.__doc__ is None
datetime.resolution
time.resolution
datetime.__doc__ is None
dt.tzinfo
dt.fold
t.fold
setattr(dt,'year',5)
setattr(date,'foo',5)
timedelta(1).days.__class__
""".splitlines():
    show(line)

# Texts of ISO 8601.
for text in [
    "2020-01-01T", "2020-01-01x", "20200101T", "2020-01-01T01", "2020-W01-1T", "2020-01-01T01:", "2020-01-01T01+", "2020-01-01T0102+01:",
    "2020-01-01T01:02:03.", "2020-01-01T01:02:03.1+00:00:00.000001", "2020-01-01T01Z1", "2020-01", "2020-01-01Z", "2020-W01-12", "2020-W01T12",
    "2020W01T12", "2020W0112", "2020W01112", "2020-01-01T1:02", "2020-01-01T01:0203", "2020-01-01T0102:03", "2020-01-01T01:02:03:04",
    "2020-01-01T01:02:03.12345678", "2020-01-01T01:02:03,1", "2020-01-01T01:02.5", "2020-01-01\xe901", "2020-01-01T01:02:03+01:02:03.5",
    "2020-01-01T01:02:03-24:00", "2020-01-01T01:02\0", "2020-01-01T+01:00", "2020-01-01T01:02+", "2020-01-01T01:02-z", "2020-W53-7", "2020-W53-7T24",
    "0001-W01-1", "0000-W01-1", "2020-1-1", "\uff11\uff10\uff12\uff100101", "2020-01-01\U0001f60001", "2020-01-01T01:02:03.12+0130",
]:
    for type_ in datetime, date:
        try:
            print(ascii(text), type_.fromisoformat(text))
        except ValueError as error:
            print(ascii(text), ascii(error))
for text in ["", "T", "01", "0102", "010203", "01:02:03.123", "01:02:03+", "Z", "01Z", "01:02+0", "24", "2400.1", "T24:00+01", "\uff11\uff11", "0102.5", "010203,123456789"]:
    try:
        print(ascii(text), repr(time.fromisoformat(text)))
    except ValueError as error:
        print(ascii(text), ascii(error))

# Days, through the whole calendar.
ordinals = [*range(1, 3652059, 9973), 3652059]
print(hash(tuple((*date.fromordinal(n).isocalendar(), date.fromordinal(n).toordinal() == n, date.fromordinal(n).timetuple().tm_yday) for n in ordinals)))
day = date(1999, 12, 20)
for _ in range(30):
    print(day, day.isocalendar(), day.weekday(), day.strftime("%G-W%V-%u %j"), day == date.fromisocalendar(*day.isocalendar()))
    day += timedelta(1)

# Durations of any size and sign.
deltas = [timedelta(0), timedelta(1, 2, 3), timedelta(-1, 2, 3), timedelta.max, timedelta.min, timedelta(microseconds=-1), timedelta(hours=25, milliseconds=7)]
numbers = [0, 1, -1, 3, -7, 2**40, -(2**70), 0.5, -1.5, 1e-7, 2.0**60, True]
for delta in deltas:
    for number in numbers:
        for symbol in "*", "/", "//":
            try:
                print(repr(eval(f"delta {symbol} number")))
            except Exception as error:
                print(type(error).__name__, error)
    for other in deltas:
        for symbol in "+", "-", "/", "//", "%", "<", "==":
            try:
                print(repr(eval(f"delta {symbol} other")))
            except Exception as error:
                print(type(error).__name__, error)
print(timedelta(days=10**30, hours=-24 * 10**30, microseconds=5), timedelta(microseconds=5 * 10**19), timedelta(weeks=1.1, hours=-0.7, microseconds=0.5))
print(sorted(deltas), max(deltas), sum(deltas[:3], timedelta()))

# Zones: summer time by a rule, moments that come twice.


class Summer(tzinfo):
    def utcoffset(self, moment):
        return timedelta(hours=1) + self.dst(moment)

    def dst(self, moment):
        if moment is None:
            return timedelta(0)
        start, end = datetime(moment.year, 3, 29, 2), datetime(moment.year, 10, 25, 3)
        naive = moment.replace(tzinfo=None, fold=0)
        if end - timedelta(hours=1) <= naive < end:
            return timedelta(0) if moment.fold else timedelta(hours=1)
        return timedelta(hours=1) if start <= naive < end else timedelta(0)

    def tzname(self, moment):
        return "CEST" if self.dst(moment) else "CET"

    def fromutc(self, moment):
        for summer in timedelta(hours=1), timedelta(0):
            local = (moment + timedelta(hours=1) + summer).replace(fold=0 if summer else 1)
            if self.dst(local) == summer:
                return local
        return local.replace(fold=0)

    def __repr__(self):
        return "Summer()"


zone = Summer()
moment = datetime(2020, 10, 24, 22, 30, tzinfo=UTC)
for _ in range(8):
    local = moment.astimezone(zone)
    print(local, local.fold, local.tzname(), local.dst(), local.astimezone(UTC) == moment, local == moment, hash(local) == hash(moment), local.timestamp())
    moment += timedelta(minutes=30)
first, second = datetime(2020, 10, 25, 2, 30, tzinfo=zone), datetime(2020, 10, 25, 2, 30, fold=1, tzinfo=zone)
print(first == second, hash(first) == hash(second), first - second, second.astimezone(UTC) - first.astimezone(UTC), first == first.astimezone(UTC), repr(second))
print(time(1, tzinfo=timezone(timedelta(hours=1))) == time(0, tzinfo=UTC), time(1, tzinfo=zone) < time(1, tzinfo=UTC), hash(time(1, tzinfo=UTC)) == hash(time(2, tzinfo=timezone(timedelta(hours=1)))))

# Subclasses.


class Date(date):
    def __new__(cls, *args, note=None):
        self = super().__new__(cls, *args)
        self.note = note
        return self


class Moment(datetime):
    def __new__(cls, *args, note=None, **keywords):
        self = super().__new__(cls, *args, **keywords)
        self.note = note
        return self


class Delta(timedelta):
    pass


class Clock(time):
    def __new__(cls, *args, **keywords):
        self = super().__new__(cls, *args, **keywords)
        self.extra = 1
        return self


for value in [
    Date(2020, 1, 2, note=1) + timedelta(1), Date.fromordinal(5), Date.fromisoformat("2020-02-03"), Date(1, 1, 1).replace(year=4), Moment(2020, 1, 2, note=1) - timedelta(1),
    Moment(2020, 1, 2, fold=1).replace(hour=3), Moment.combine(d, t), Moment.fromisoformat("2020-01-02T03+01:00"), Moment.fromtimestamp(5, UTC), Moment.strptime("2020", "%Y"),
    Delta(1) + Delta(2), Delta(1) * 2, Clock(1, fold=1).replace(minute=4), Clock.fromisoformat("01:02"), Moment(2020, 1, 2, tzinfo=UTC).astimezone(zone), Moment(2020, 1, 2).date(), Moment(2020, 1, 2).time(),
]:
    print(type(value).__name__, value, getattr(value, "note", "-"), getattr(value, "extra", "-"))

# Pickles and copies.
for value in [
    d, dt, t, dt.replace(fold=1, tzinfo=UTC), t.replace(fold=1, tzinfo=timezone(timedelta(hours=3), "X")), timedelta(-1, 2, 3), UTC, timezone(timedelta(hours=-3)), Date(1, 2, 3),
    Moment(1, 2, 3, fold=1), Delta(5), Clock(3, tzinfo=UTC), TZ(1, 2, 3), date.max, datetime.min, d.isocalendar(),
]:
    for protocol in range(6):
        again = pickle.loads(pickle.dumps(value, protocol))
        if type(value) is TZ:
            print(vars(again))
        else:
            print(type(again).__name__, again == value, getattr(again, "fold", None), end=" ")
    print(copy.copy(value) == value, copy.deepcopy(value) == value if type(value) is not TZ else None)
print(pickle.loads(pickle.dumps(UTC)) is UTC)
for type_ in date, datetime, time, timedelta, timezone, tzinfo, type(d.isocalendar()):
    print(type_.__module__, type_.__qualname__, type_.__base__, sorted(name for name in vars(type_) if not name.startswith("__")))
match dt:
    case datetime(year=2020, month=month):
        print(month)
