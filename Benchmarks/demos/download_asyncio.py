"""The downloads of download.py with asyncio streams: one after another, then 32 at a time.

    download_asyncio.py ADDRESS FOLDER [--only sequential|tasks]
"""
import asyncio
import sys
import time

address, folder = sys.argv[1:3]
only = sys.argv[4] if len(sys.argv) > 4 else ""
host, port = address.removeprefix("http://").split(":")
addresses = [f"{address}/file{number}" for number in range(20)]
urls = [f"{url}.{copy}" for copy in range(20) for url in addresses]


async def download(url):
    name = url.rpartition("/")[2]
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET /{name} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 "), head
    with open(f"{folder}/{name}", "wb") as file:
        while chunk := await reader.read(1024):
            file.write(chunk)
    writer.close()
    await writer.wait_closed()


async def main():
    if only != "tasks":
        start = time.perf_counter()
        for url in urls:
            await download(url)
        print(f"sequential {time.perf_counter() - start:.3f}")
    if only != "sequential":
        start = time.perf_counter()
        rest = iter(urls)

        async def worker():
            for url in rest:
                await download(url)

        async with asyncio.TaskGroup() as group:
            for _ in range(32):
                group.create_task(worker())
        print(f"tasks {time.perf_counter() - start:.3f}")


asyncio.run(main())
