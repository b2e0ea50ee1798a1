# select(), poll() and epoll objects, selectors on each of them, fcntl and resource.
import fcntl
import os
import resource
import select
import selectors
import socket
import struct


def show(function, *arguments, **keywords):
    try:
        print(function.__name__, repr(function(*arguments, **keywords)))
    except BaseException as error:
        print(function.__name__, type(error).__name__, error)


read, write = os.pipe()
print(select.select([read], [write], [], 0) == ([], [write], []))
os.write(write, b"x")
print(select.select([read], [write], [read], None) == ([read], [write], []))
for arguments in [
    (1, [], []), ([1.5], [], []), ([-1], [], []), ([5000], [], []), ([], [], [], "a"), ([], [], [], -1), ([], [], [], float("nan")), ([], [], [], 1e100), ([], [], [], 0, 1),
]:
    show(select.select, *arguments)


class Shrinking:
    def __init__(self, items):
        self.items = items

    def fileno(self):
        del self.items[-1:]
        return write


items = []
items[:] = [Shrinking(items) for _ in range(10)]
print(len(select.select([], items, [])[1]))

poll = select.poll()
show(type(poll))
for arguments in [(-1,), ("a",), (read, -1), (read, 70000), (read, "a"), (read, select.POLLIN)]:
    show(poll.register, *arguments)
print(poll.poll(0) == [(read, select.POLLIN)], poll.modify(read, 0), poll.poll(0), poll.unregister(read))
show(poll.modify, 77, 1)
show(poll.unregister, 77)
for timeout in ("a", 1 << 40, 1e100, float("nan"), 0.5):
    show(poll.poll, timeout)

for arguments in [(-2,), (0,), (1, 999), ("a",)]:
    show(select.epoll, *arguments)
with select.epoll() as epoll:
    print(epoll.register(read, select.EPOLLIN), epoll.poll() == [(read, 1)], epoll.poll(0, 1) == [(read, 1)])
    show(epoll.register, read)
    show(epoll.register, -1)
    show(epoll.register, 9999)
    show(epoll.modify, write, 1)
    for arguments in [("a",), (1e100,), (0, 0), (0, -2), (0, 1 << 40)]:
        show(epoll.poll, *arguments)
    print(epoll.modify(read, select.EPOLLOUT), epoll.poll(0), epoll.unregister(read), epoll.closed)
print(epoll.closed)
show(epoll.fileno)
show(epoll.poll)

for kind in (selectors.SelectSelector, selectors.PollSelector, selectors.EpollSelector, selectors.DefaultSelector):
    one, two = socket.socketpair()
    with one, two, kind() as selector:
        key = selector.register(one, selectors.EVENT_READ, "data")
        print(kind.__name__, selector.select(0), key.data, key.events)
        two.send(b"x")
        print([(key.fileobj is one, events) for key, events in selector.select()])
        selector.modify(one, selectors.EVENT_READ | selectors.EVENT_WRITE)
        print([events for key, events in selector.select()])
        show(selector.register, one, 1)
        show(selector.register, two, 0)
        selector.unregister(one)
        show(selector.unregister, one)

print(fcntl.fcntl(read, fcntl.F_GETFD), fcntl.fcntl(read, fcntl.F_SETFD, 0), fcntl.fcntl(read, fcntl.F_GETFD))
show(fcntl.fcntl, 9999, 1)
show(fcntl.fcntl, read, "a")
show(fcntl.fcntl, read, 1, 1.5)
show(fcntl.fcntl, -1, 1)
show(fcntl.fcntl, read, fcntl.F_GETFD, b"x" * 1025)
print(fcntl.ioctl(read, 21531, bytes(4)))
target = bytearray(4)
print(fcntl.ioctl(read, 21531, target), target, fcntl.ioctl(read, 21531, bytearray(4), False))
show(fcntl.ioctl, read, 21531, b"x")
with open(__file__) as file:
    print(fcntl.flock(file, fcntl.LOCK_SH), fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, 10, 5), fcntl.lockf(file, fcntl.LOCK_UN))
    show(fcntl.lockf, file, 64)
    lock = struct.pack("hhqqihh", fcntl.F_RDLCK, 0, 0, 0, 0, 0, 0)
    print(len(fcntl.fcntl(file, fcntl.F_GETLK, lock)) == len(lock))
os.close(read)
os.close(write)

for arguments in [(99, (1, 1)), (0, 1), (0, (1,)), (0, ("a", 1)), (0, (1 << 80, 1)), (7, (5, 2)), (7, (-5, -1))]:
    show(resource.setrlimit, *arguments)
show(resource.getrlimit, 99)
show(resource.getrusage, 99)
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
print(resource.prlimit(0, resource.RLIMIT_NOFILE) == (soft, hard))
resource.setrlimit(resource.RLIMIT_NOFILE, (20, hard))
opened = []
try:
    while True:
        opened.append(socket.socket())
except OSError as error:
    print(type(error).__name__, error)
for item in opened:
    item.close()
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
usage = resource.getrusage(resource.RUSAGE_SELF)
print(type(usage), usage.ru_utime >= 0, len(usage))
