"""What workers of InterpreterPoolExecutor begin with: the same modules as if each had imported them itself."""
import os
import subprocess
import sys
import tempfile
import textwrap
import time
from concurrent import interpreters
from concurrent.futures import InterpreterPoolExecutor

COUNT = 4


def in_workers(function, *arguments):
    """What a function says in each of several pools' workers, one after the other: the first ones import, later ones may be copies."""
    results = []
    for _ in range(COUNT):
        with InterpreterPoolExecutor(1) as pool:
            results.append(pool.submit(function, *arguments).result())
    same = all(result == results[0] for result in results)
    return results[0] if same else results


def modules():
    import sys

    names = list(sys.modules)
    parents = [name for name in names if "." in name and getattr(sys.modules[name.rpartition(".")[0]], name.rpartition(".")[2], None) is not sys.modules[name]]
    return "concurrent.futures.interpreter" in names, "re" in names, "logging" in names, "pickle" in names, "asyncio" in names, parents


def main_thread():
    import threading
    import _thread

    main = threading.main_thread()
    return (
        main.ident == _thread._get_main_thread_ident(),
        main.native_id == threading.get_native_id(),
        threading.get_ident() == main.ident,
        type(threading.current_thread()).__name__,
        threading.active_count(),
        main.is_alive(),
        list(threading._active) == [main.ident, threading.get_ident()],
    )


def locks():
    import concurrent.futures.thread as pools
    import logging
    import re
    import threading

    taken = []
    for lock in (pools._global_shutdown_lock, logging._lock, threading._active_limbo_lock):
        taken.append(lock.acquire(blocking=False))
        lock.release()
    local = threading.local()
    local.x = 1
    done = []
    thread = threading.Thread(target=lambda: done.append(hasattr(local, "x")))
    thread.start()
    thread.join()
    return taken, done


def library():
    import ast
    import collections
    import collections.abc
    import copyreg
    import dataclasses
    import enum
    import functools
    import inspect
    import logging
    import re
    import string
    import textwrap
    import traceback
    import weakref

    @dataclasses.dataclass(order=True)
    class Point:
        x: int
        y: list = dataclasses.field(default_factory=list)

    class Colour(enum.Flag):
        RED = enum.auto()
        BLUE = enum.auto()

    @functools.lru_cache
    def twice(x):
        return 2 * x

    counter = weakref.WeakKeyDictionary({Colour: 1})
    return (
        repr(Point(1)),
        repr(Colour.RED | Colour.BLUE),
        [twice(3), twice(3), twice.cache_info().hits],
        re.sub(r"(?i)B+", "-", "aBbc"),
        re.RegexFlag(2) is re.I,
        {re.I: 1}[re.RegexFlag.IGNORECASE],
        inspect.Parameter.KEYWORD_ONLY.description,
        issubclass(collections.deque, collections.abc.MutableSequence),
        isinstance({}.keys(), collections.abc.Set),
        repr(collections.namedtuple("N", "a b")(1, 2)),
        ast.dump(ast.parse("x + 1", mode="eval")),
        str(inspect.signature(textwrap.dedent)),
        type(inspect.getattr_static(collections.abc.Sequence, "index")).__name__,
        type(inspect.getattr_static(string.Formatter(), "vformat")).__name__,
        string.Template("$a").substitute(a=1),
        len(counter),
        logging.getLogger("a.b").name,
        logging.getLevelName(logging.WARNING),
        complex in copyreg.dispatch_table,
        textwrap.fill("a b c", 3),
        "".join(traceback.format_exception_only(ValueError("x"))),
        sorted(cls.__name__ for cls in enum.IntEnum.__subclasses__()),
        set(collections.Counter.__mro__) >= {dict, object},
        sorted(c.__name__ for c in dict.__subclasses__() if c.__module__ == "collections"),
    )


def started(since):
    import logging
    import time

    return since <= logging._startTime <= time.time_ns()


def changed():
    import re

    before = hasattr(re, "mark"), re.compile("a") is re.compile("a")
    re.mark = True
    return before


def garbage():
    import gc

    return gc.collect() >= 0, gc.isenabled(), gc.garbage


def says_goodbye():
    import atexit
    import logging

    class Handler(logging.Handler):
        def emit(self, record):
            pass

        def close(self):
            print("closed", flush=True)
            super().close()

    logging.getLogger().addHandler(Handler())
    atexit.register(print, "at exit", flush=True)


def fails():
    raise LookupError("no")


def initialise(x):
    import builtins

    builtins.prepared = x


def initialised():
    return prepared


def main():
    for function in (modules, main_thread, locks, library, changed, garbage):
        print(function.__name__, in_workers(function))
    for _ in range(2):
        now = time.time_ns()
        with InterpreterPoolExecutor(1) as pool:
            print(pool.submit(started, now).result())
        with InterpreterPoolExecutor(1) as pool:
            pool.submit(says_goodbye).result()
    for _ in range(2):
        with InterpreterPoolExecutor(1, initializer=initialise, initargs=(5,)) as pool:
            print(pool.submit(initialised).result())
        with InterpreterPoolExecutor(1) as pool:
            try:
                pool.submit(fails).result()
            except LookupError as error:
                print(repr(error), type(error.__cause__).__name__)

    # Others have imported nothing.
    interp = interpreters.create()
    interp.exec("import sys; print('re' in sys.modules, 'threading' in sys.modules, 'concurrent' in sys.modules)")
    interp.close()

    # One that was in use keeps what it has.
    interp = interpreters.create()
    interp.exec("import sys, re; re.mark = 1; mark = object()")
    from concurrent.futures import interpreter as pools

    interp.call(pools.do_call, None, int, ("3",), {})
    interp.exec("print(re.mark, sys.modules['re'] is re, 'concurrent.futures.interpreter' in sys.modules)")
    interp.close()

    # Modules next to the program come before the library's.
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "queue.py"), "w") as file:
            file.write("from _queue import *\nmine = True\nclass Queue: pass\nclass Full(Exception): pass\nclass LifoQueue: pass\n")
        program = os.path.join(folder, "program.py")
        with open(program, "w") as file:
            file.write(textwrap.dedent("""
                from concurrent.futures import InterpreterPoolExecutor

                def mine():
                    import queue
                    return hasattr(queue, "mine")

                if __name__ == "__main__":
                    for _ in range(3):
                        with InterpreterPoolExecutor(1) as pool:
                            print(pool.submit(mine).result())
            """))
        process = subprocess.run([sys.executable, program], capture_output=True, text=True)
        print(process.stdout, process.stderr)

    # In a forked child another thread may be the main one.
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        print("child", in_workers(main_thread), flush=True)
        os._exit(0)
    print(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main()
