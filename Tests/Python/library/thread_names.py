# The system's name of a thread: what cannot be encoded becomes a question mark, the rest is cut off.
import _thread
import threading

before = _thread._get_name()
for name in ("plain", "\udcff", "@name-\udcff", "é" * 10, "a\udcffb\ud800c", "x" * 20, "four\0five", ""):
    found = []
    thread = threading.Thread(target=lambda: found.append(_thread._get_name()), name=name or None)
    thread.start()
    thread.join()
    print(ascii(name), ascii(found[0]) if name else len(found))
    _thread.set_name(name)
    print(ascii(_thread._get_name()))
_thread.set_name(before)
for name in (1, None, b"bytes"):
    try:
        _thread.set_name(name)
    except TypeError as error:
        print(error)
