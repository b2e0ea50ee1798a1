# Time zones of zoneinfo: files that the program makes itself, their rules, caches and errors.
import io
import pickle
import struct
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def header(version, *counts):
    return b"TZif" + version + b"\0" * 15 + struct.pack(">6l", *counts)


def zone(rule, changes=(), periods=((0, 0, 0),), names=b"UTC\0", key="k", type=ZoneInfo):
    """A file of version 2: changes are moments and numbers of periods, which are offset, summer and place of the name."""
    data = header(b"2", 0, 0, 0, 0, 0, 0) + header(b"2", 0, 0, 0, len(changes), len(periods), len(names))
    data += b"".join(struct.pack(">q", moment) for moment, _ in changes) + bytes(number for _, number in changes)
    data += b"".join(struct.pack(">lbb", *period) for period in periods) + names + b"\n" + rule + b"\n"
    return type.from_file(io.BytesIO(data), key)


for rule in [
    b"UTC0", b"AAA", b"AAA3BBB", b"AAA3,M3.2.0/01:30", b"+3", b"AAA25", b"AAA-25", b"AAA3BBB,J0,J1", b"AAA3BBB,J366,J1", b"AAA3BBB,366,J1", b"AAA3BBB,-1,J1",
    b"AAA3BBB,M0.1.1,J1", b"AAA3BBB,M1.6.1,J1", b"AAA3BBB,M1.1.7,J1", b"AAA3BBB,M1.1.1/168,J1", b"AAA3BBB,M1.1.1/-168,J1", b"AAA3BBB,M1.1.1", b"AAA3BBB,M1.1.1,J1,",
    b"AAA3BBB25,M1.1.1,J1", b"<A4+>3", b"<A>3<", b"AAA3B@B,J1,J2", b"AA", b"AAA3:61", b"AAA3:1", b"AAA3BBB,M1,J1", b"AAA3BBB,M1.1.1/2:3:4,J1/-5", b"AAA3BBB,Mx,J1",
    b"AAA3BBB,J1/x,J2", b"\xff3", b"A3B4,0,J365/25", b"11AAA3", b"AAA003", b"AAA0003", b"AAA3BBB,0001,J2", b"CET-1CEST,M3.5.0,M10.5.0/3", b"IST-1GMT0,M10.5.0,M3.5.0/1",
    b"AAA3BBB,J60,J300", b"AAA3BBB,59,300", b"A-5:30:30B-6,M1.1.1/-5,M12.5.6/167", b"",
]:
    try:
        made = zone(rule)
    except ValueError as error:
        print(rule, error)
        continue
    print(rule, made, made.utcoffset(None), made.dst(None), made.tzname(None))
    for year in 1970, 2020, 2021:
        for month in 1, 3, 7, 10, 12:
            local = datetime(year, month, 15, 12, tzinfo=made)
            print(local, local.tzname(), local.dst(), local.astimezone(UTC), end="; ")
        print()
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    last = None
    while moment.year == 2020:
        local = moment.astimezone(made)
        if (local.utcoffset(), local.fold) != last:
            last = local.utcoffset(), local.fold
            print(" ", moment, local, local.fold, local.tzname(), local.astimezone(UTC) == moment)
        moment += timedelta(minutes=30)

# Changes before the rule.
made = zone(
    b"EST5EDT,M3.2.0,M11.1.0", [(-1000, 1), (500_000, 2), (1_000_000, 1), (2_000_000, 3), (2_500_000, 4), (3_000_000, 1)],
    [(-17762, 0, 0), (-18000, 0, 4), (-14400, 1, 8), (-14400, 1, 12), (-10800, 1, 16)], b"LMT\0EST\0EDT\0EWT\0EPT\0")
for seconds in [-10**9, -1001, -1000, -762, 0, 499_999, 500_000, 999_999, 1_000_000, 1_003_599, 1_003_600, 2_000_000, 2_500_000, 3_000_000, 3_003_600, 3_007_200, 10**9]:
    local = datetime.fromtimestamp(seconds, made)
    print(seconds, local, local.fold, local.tzname(), local.dst(), local.timestamp(), made.dst(local.replace(fold=1)), made.utcoffset(local.replace(fold=0)))
print(made.utcoffset(None))


class Sub(ZoneInfo):
    pass


class Moment(datetime):
    pass


made = zone(b"CET-1CEST,M3.5.0,M10.5.0/3", type=Sub)
print(repr(made), str(made), repr(zone(b"A1", key=None))[:38], Moment(2020, 10, 25, 1, 30, tzinfo=made).utcoffset(), Moment.fromtimestamp(1603589400, made).fold)

for make in [
    lambda: ZoneInfo(), lambda: ZoneInfo(1), lambda: ZoneInfo("nope/x"), lambda: ZoneInfo("../x"), lambda: ZoneInfo("UTC", 1), lambda: ZoneInfo.no_cache(), lambda: ZoneInfo.from_file(1),
    lambda: ZoneInfo.from_file(io.BytesIO(b"")), lambda: ZoneInfo.from_file(io.BytesIO(b"TZifx")), lambda: ZoneInfo.from_file(io.BytesIO(b"TZif2")), lambda: made.utcoffset(1), lambda: made.fromutc(1),
    lambda: made.fromutc(datetime(2020, 1, 1)), lambda: ZoneInfo.clear_cache(["UTC"]), lambda: ZoneInfo.clear_cache(only_keys=1), lambda: pickle.dumps(made),
    lambda: setattr(zone(b"A1"), "x", 1), lambda: setattr(made, "key", 1), lambda: zone(b"", [], [], b""), lambda: zone(b"A1", [(0, 3)]),
]:
    try:
        print(make())
    except Exception as error:
        print(type(error).__name__, error)

# Caches.
try:
    utc = ZoneInfo("UTC")
except Exception:
    print("no database")
else:
    print(utc is ZoneInfo("UTC"), ZoneInfo(key="UTC") is utc, ZoneInfo.no_cache("UTC") is utc, Sub("UTC") is Sub("UTC"), Sub("UTC") is utc, pickle.loads(pickle.dumps(utc)) is utc)
    kept = Sub("UTC")
    print(Sub("UTC") is kept)
    ZoneInfo.clear_cache(only_keys=["UTC"])
    print(ZoneInfo("UTC") is utc, Sub("UTC") is kept)
    Sub.clear_cache()
    print(Sub("UTC") is kept, utc.key, utc == ZoneInfo("UTC"), utc.utcoffset(None), repr(utc), utc.__reduce__()[1])
    print(ZoneInfo._unpickle("UTC", True) is ZoneInfo("UTC"), ZoneInfo._unpickle("UTC", False) is ZoneInfo("UTC"))
print(ZoneInfo.__module__, ZoneInfo.__base__, sorted(name for name in vars(ZoneInfo) if not name.startswith("__")))
