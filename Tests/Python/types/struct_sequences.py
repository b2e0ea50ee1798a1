"""Types of named tuples that native modules make: direct subclasses of tuple, closed, made by themselves only."""
import _thread
import copy
import grp
import os
import pickle
import pwd
import resource
import signal
import sys
import time

TYPES = (
    os.stat_result, os.statvfs_result, os.terminal_size, os.times_result, os.uname_result, os.waitid_result, type(os.sched_param(1)), time.struct_time, resource.struct_rusage,
    pwd.struct_passwd, grp.struct_group, signal.struct_siginfo, _thread._ExceptHookArgs, sys.UnraisableHookArgs, type(sys.flags), type(sys.version_info), type(sys.float_info),
    type(sys.int_info), type(sys.hash_info), type(sys.thread_info), type(sys.get_asyncgen_hooks()),
)  # fmt: skip

for cls in TYPES:
    print(cls.__mro__, cls.__base__, cls.__bases__, cls.mro(), cls.__itemsize__)
    print([name for name in ("__repr__", "__reduce__", "__replace__", "n_fields", "__match_args__", "__len__") if name in vars(cls)], cls.__hash__ is tuple.__hash__, cls.__eq__ is tuple.__eq__)
    for make in (lambda: type("Derived", (cls,), {}), lambda: cls(range(40)), lambda: cls.__new__(tuple, (1, 2))):
        try:
            print(make())
        except TypeError as error:
            print(error)
    try:
        print(tuple.__new__(cls, range(20)))
    except TypeError:
        print("tuple does not make one")

names = {cls.__name__ for cls in tuple.__subclasses__()}
print({"stat_result", "flags", "struct_time", "version_info", "terminal_size"} <= names, "structseq" in names)

found = os.stat("/")
print(type(copy.copy(found)) is os.stat_result, pickle.loads(pickle.dumps(found)) == found, found.__getnewargs__() == (tuple(found),), hash(found) == hash(tuple(found)))
print(found + (1,) == tuple(found) + (1,), found * 2 == tuple(found) * 2, type(found[:2]), found[0] == found.st_mode)
print(super(os.stat_result, found).__repr__() == tuple.__repr__(found), super(os.stat_result, found).__len__())
match found:
    case os.stat_result(st_mode=mode):
        print(mode == found.st_mode)
match found:
    case (mode, *_):
        print(mode == found.st_mode)
