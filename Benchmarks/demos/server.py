"""An HTTP server on this machine that answers each request after a delay.

    server.py [--port N] [--delay SECONDS] [--size BYTES]        # prints its address, and serves until Ctrl-C

The answer to /NAME is content(NAME). It is one thread with an asyncio protocol, so that what it takes from the machine is little; downloads.py runs it in an interpreter.
"""
import argparse
import asyncio
import sys

SIZE = 10_000


def content(name, size=SIZE):
    """What is in a file: different for each name, and the same always."""
    line = f"{name} {len(name)} {sum(name.encode())}\n".encode()
    return (line * (size // len(line) + 1))[:size]


class Connection(asyncio.Protocol):
    def __init__(self, delay, size):
        self.delay = delay
        self.size = size
        self.received = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.received += data
        while b"\r\n\r\n" in self.received:
            head, _, self.received = self.received.partition(b"\r\n\r\n")
            asyncio.get_running_loop().call_later(self.delay, self.answer, head)

    def answer(self, head):
        if self.transport.is_closing():
            return
        line, _, fields = head.partition(b"\r\n")
        method, _, rest = line.partition(b" ")
        name = rest.partition(b" ")[0].lstrip(b"/").decode("ascii", "replace")
        closes = b"connection: close" in fields.lower()
        known = method == b"GET" and name
        body = content(name, self.size) if known else b"there is nothing of that name\n"
        status = b"200 OK" if known else b"404 Not Found"
        connection = b"Connection: close\r\n" if closes else b""
        self.transport.write(b"HTTP/1.1 " + status + b"\r\nContent-Type: application/octet-stream\r\n" + connection + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        if closes:
            self.transport.close()


async def serve(port=0, delay=0.05, size=SIZE, tell=print, end=None):
    """Serves until the awaitable `end` is done; for ever without one. `tell` gets the address."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(delay, size), "127.0.0.1", port, backlog=256)
    tell(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    async with server:
        if end is None:
            await server.serve_forever()
        else:
            await end


def serve_in_interpreter(descriptor, addresses, delay, size):
    """What downloads.py calls in the server's interpreter: until the pipe `descriptor` is closed at its other end."""

    async def main():
        loop = asyncio.get_running_loop()
        ended = loop.create_future()
        loop.add_reader(descriptor, lambda: ended.done() or ended.set_result(None))
        try:
            await serve(0, delay, size, addresses.put, ended)
        finally:
            loop.remove_reader(descriptor)

    asyncio.run(main())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay", type=float, default=0.05)
    parser.add_argument("--size", type=int, default=SIZE)
    options = parser.parse_args()
    try:
        asyncio.run(serve(options.port, options.delay, options.size, lambda address: print(address, flush=True)))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
