# What threads held is given up when they have ended: the Thread itself, what it was given, and what they took out of containers that others know.
import gc
import threading
import weakref

gc.disable()


class Thing:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        return self is other


def check(label, thing, work):
    reference = weakref.ref(thing)
    thread = threading.Thread(target=work, args=(thing,))
    thread_reference = weakref.ref(thread)
    thing = None
    thread.start()
    thread.join()
    thread = None
    for _ in range(100):
        len([])
    print(label, reference(), thread_reference())


table, members, items = {}, set(), []


def through_a_dict(thing):
    table[thing] = thing
    del table[thing]
    table[thing] = [thing]
    table.clear()


def through_a_set(thing):
    members.add(thing)
    members.remove(thing)


def through_a_list(thing):
    items.append(thing)
    items.pop()
    items.extend([thing] * 100)
    items.clear()


def through_an_exception(thing):
    try:
        raise ValueError(thing)
    except ValueError:
        pass


class Holder:
    pass


def through_attributes(thing):
    Holder.kept = thing
    del Holder.kept
    holder = Holder()
    holder.thing = thing


for work in (through_a_dict, through_a_set, through_a_list, through_an_exception, through_attributes):
    check(work.__name__, Thing(), work)

waiting = threading.Event()
other = threading.Thread(target=waiting.wait)
other.start()
thing = Thing()
reference = weakref.ref(thing)
table[thing] = thing
thing = None
remover = threading.Thread(target=lambda: table.pop(next(iter(table))))
remover.start()
remover.join()
for _ in range(100):
    len([])
print("beside another", reference())
waiting.set()
other.join()
