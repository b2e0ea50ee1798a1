"""An HTTP server on this machine that answers each request after a delay.

    server.py [--port N] [--delay SECONDS] [--size BYTES]        # prints its address, and serves until Ctrl-C

The answer to /NAME is content(NAME). It is one thread that waits at one place, so that what it takes from the machine is little; downloads.py runs it in an interpreter.
"""
import argparse
import collections
import os
import select
import socket
import sys
import time

SIZE = 10_000


def content(name, size=SIZE):
    """What is in a file: different for each name, and the same always."""
    line = f"{name} {len(name)} {sum(name.encode())}\n".encode()
    return (line * (size // len(line) + 1))[:size]


def answer(head, size):
    """The answer to a request's head, and whether the connection ends with it."""
    line, _, fields = head.partition(b"\r\n")
    method, _, rest = line.partition(b" ")
    name = rest.partition(b" ")[0].lstrip(b"/").decode("ascii", "replace")
    closes = b"connection: close" in fields.lower()
    known = method == b"GET" and name
    body = content(name, size) if known else b"there is nothing of that name\n"
    status = b"200 OK" if known else b"404 Not Found"
    connection = b"Connection: close\r\n" if closes else b""
    return b"HTTP/1.1 " + status + b"\r\nContent-Type: application/octet-stream\r\n" + connection + b"Content-Length: %d\r\n\r\n" % len(body) + body, closes


class Connection:
    def __init__(self, socket):
        self.socket = socket
        self.received = b""
        self.unsent = b""
        self.is_full = False  # waits until more can be sent
        self.closes = False


class Server:
    """The delay is counted from a request's having been read. The answer is made meanwhile, and a timer of the system says when to send it: what waits with a timeout counts milliseconds."""

    def __init__(self, port, delay, size):
        self.delay = int(delay * 1e9)
        self.size = size
        self.connections = {}
        self.due = collections.deque()  # (nanoseconds, connection, answer, whether it is the last): each waits as long as the others
        self.timer = os.timerfd_create(time.CLOCK_MONOTONIC, flags=os.TFD_NONBLOCK | os.TFD_CLOEXEC)
        self.listener = socket.create_server(("127.0.0.1", port), backlog=256)
        self.listener.setblocking(False)
        # A connection is told of when its first request is there: one wake-up for both.
        self.listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 1)
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.events = select.epoll()
        for file in (self.timer, self.listener):
            self.events.register(file, select.EPOLLIN)

    def serve(self, end=-1):
        """Serves until the descriptor `end` can be read, for ever without one."""
        if end >= 0:
            self.events.register(end, select.EPOLLIN)
        while True:
            for descriptor, event in self.events.poll():
                if descriptor == self.timer:
                    self.send_due()
                elif descriptor == self.listener.fileno():
                    self.accept()
                elif descriptor == end:
                    return
                elif connection := self.connections.get(descriptor):
                    if event & ~select.EPOLLOUT:
                        self.read(connection)
                    else:
                        self.write(connection)

    def close(self):
        for connection in list(self.connections.values()):
            self.drop(connection)
        self.events.close()
        self.listener.close()
        os.close(self.timer)

    def accept(self):
        try:
            accepted, _ = self.listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        accepted.setblocking(False)
        connection = self.connections[accepted.fileno()] = Connection(accepted)
        self.events.register(accepted, select.EPOLLIN)
        self.read(connection)

    def read(self, connection):
        try:
            data = connection.socket.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            return self.drop(connection)
        when = time.monotonic_ns() + self.delay
        connection.received += data
        while b"\r\n\r\n" in connection.received:
            head, _, connection.received = connection.received.partition(b"\r\n\r\n")
            if not self.due and self.delay:
                os.timerfd_settime_ns(self.timer, flags=os.TFD_TIMER_ABSTIME, initial=when)
            self.due.append((when, connection, *answer(head, self.size)))
        if not self.delay:
            self.send_due()

    def send_due(self):
        while self.due and self.due[0][0] <= time.monotonic_ns():
            _, connection, data, closes = self.due.popleft()
            if connection.socket.fileno() >= 0 and not connection.closes:
                connection.unsent += data
                connection.closes = closes
                self.write(connection)
        # Setting the timer makes it unreadable, too.
        if self.delay:
            os.timerfd_settime_ns(self.timer, flags=os.TFD_TIMER_ABSTIME, initial=self.due[0][0] if self.due else 0)

    def write(self, connection):
        try:
            sent = connection.socket.send(connection.unsent)
        except BlockingIOError:
            sent = 0
        except OSError:
            return self.drop(connection)
        connection.unsent = connection.unsent[sent:]
        is_full = bool(connection.unsent)
        if connection.closes and not is_full:
            self.drop(connection)
        elif is_full != connection.is_full:
            connection.is_full = is_full
            self.events.modify(connection.socket, select.EPOLLIN | select.EPOLLOUT if is_full else select.EPOLLIN)

    def drop(self, connection):
        del self.connections[connection.socket.fileno()]
        connection.socket.close()


def serve_in_interpreter(descriptor, addresses, delay, size):
    """What downloads.py calls in the server's interpreter: until the pipe `descriptor` is closed at its other end."""
    server = Server(0, delay, size)
    addresses.put(server.address)
    try:
        server.serve(descriptor)
    finally:
        server.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay", type=float, default=0.05)
    parser.add_argument("--size", type=int, default=SIZE)
    options = parser.parse_args()
    try:
        server = Server(options.port, options.delay, options.size)
        print(server.address, flush=True)
        server.serve()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
