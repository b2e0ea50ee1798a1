# asyncio on the selectors' loop; servers and clients in threads.
import asyncio
import contextvars
import http.client
import http.server
import signal
import socketserver
import threading
import urllib.request

variable = contextvars.ContextVar("variable", default=0)


async def work(name, delay):
    variable.set(name)
    await asyncio.sleep(delay)
    return name, variable.get()


async def fail():
    raise ValueError("failed")


async def main():
    print(await asyncio.gather(work(1, 0.03), work(2, 0.01), fail(), return_exceptions=True), variable.get())

    async def handle(reader, writer):
        async for line in reader:
            writer.write(line.upper())
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async def client(number):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.writelines([b"hello %d\n" % number, b"x" * 50000 + b"\n"])
        writer.write_eof()
        data = await reader.read()
        writer.close()
        await writer.wait_closed()
        return data[:8], len(data)

    print(await asyncio.gather(*(client(number) for number in range(5))))
    server.close()
    await server.wait_closed()
    try:
        async with asyncio.timeout(0.02):
            await asyncio.sleep(5)
    except TimeoutError as error:
        print("timeout", error)
    try:
        async with asyncio.TaskGroup() as group:
            slow = group.create_task(asyncio.sleep(5))
            group.create_task(fail())
    except* ValueError as group:
        print(group.exceptions, slow.cancelled())
    queue = asyncio.Queue(2)

    async def produce():
        for number in range(5):
            await queue.put(number)
        queue.shutdown()

    producer = asyncio.create_task(produce())
    items = []
    try:
        while True:
            items.append(await queue.get())
    except asyncio.QueueShutDown:
        print(items, producer.done())
    print(await asyncio.to_thread(threading.current_thread().name.__class__, "in a thread"))
    process = await asyncio.create_subprocess_exec("cat", stdin=-1, stdout=-1)
    print(await process.communicate(b"through a process"), process.returncode)
    loop = asyncio.get_running_loop()
    arrived = asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, arrived.set)
    signal.raise_signal(signal.SIGUSR1)
    await arrived.wait()
    print(loop.remove_signal_handler(signal.SIGUSR1))
    future = loop.create_future()
    loop.call_soon_threadsafe(future.set_result, "set")
    print(await future, type(loop).__name__)
    lock = asyncio.Lock()
    async with lock:
        print(lock.locked())
    task = asyncio.create_task(asyncio.sleep(5), name="sleeper")
    await asyncio.sleep(0)
    task.cancel("enough")
    try:
        await task
    except asyncio.CancelledError as error:
        print(task.get_name(), error.args, task.cancelled())


asyncio.run(main())


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line[::-1])


class Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(404 if self.path == "/missing" else 200, b"path " + self.path.encode())

    def do_POST(self):
        self.answer(201, self.rfile.read(int(self.headers["Content-Length"]))[::-1])

    def log_message(self, *arguments):
        pass


with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    import socket

    with socket.create_connection(server.server_address) as connection:
        connection.sendall(b"abc\ndef\n")
        connection.shutdown(socket.SHUT_WR)
        print(b"".join(iter(lambda: connection.recv(10), b"")))
    server.shutdown()
    thread.join()

with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    with urllib.request.urlopen(address + "/page") as answer:
        print(answer.status, answer.read(), answer.headers["Content-Length"])
    with urllib.request.urlopen(address, data=b"abc") as answer:
        print(answer.status, answer.read())
    try:
        urllib.request.urlopen(address + "/missing")
    except urllib.error.HTTPError as error:
        with error:
            print(error, error.read())
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
    for path in ("/a", "/b"):
        connection.request("GET", path)
        answer = connection.getresponse()
        print(answer.status, answer.reason, answer.version, answer.read())
    connection.close()
    server.shutdown()
    thread.join()
