# A table in a variable of the module goes when the next one comes, though threads have read each: a script that has threads again and again does not keep what it dropped.
import threading
import weakref


class Token:
    pass


tokens = []


def read():
    assert len(table) > 1


def alive():
    return sum(token() is not None for token in tokens)


def run():
    thread = threading.Thread(target=read)
    thread.start()
    thread.join()


for _ in range(40):
    table = [*range(100_000), Token()]
    tokens.append(weakref.ref(table[-1]))
    run()
print(alive() < 20)
tokens.clear()
for _ in range(40):
    table = [bytes(1 << 20), Token()]
    tokens.append(weakref.ref(table[-1]))
    run()
print(alive() < 20)
tokens.clear()
for _ in range(40):
    table = {"numbers": [*range(100_000)], "token": Token()}
    tokens.append(weakref.ref(table["token"]))
    run()
print(alive() < 20)
