"""Downloads 400 files: first one after another, then with 32 threads.

    download.py ADDRESS FOLDER [--only sequential|threads]

A script as people write it: `requests`, a chunk of 1,024 bytes at a time, a file for each URL. downloads.py starts it, with a server of its own at ADDRESS.
"""
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import requests

address, folder = sys.argv[1:3]
only = sys.argv[4] if len(sys.argv) > 4 else ""
addresses = [f"{address}/file{number}" for number in range(20)]
urls = [f"{url}.{copy}" for copy in range(20) for url in addresses]


def download(url):
    response = requests.get(url, stream=True)
    with open(f"{folder}/{url.rpartition('/')[2]}", "wb") as file:
        for chunk in response.iter_content(1024):
            file.write(chunk)


if only != "threads":
    start = time.perf_counter()
    for url in urls:
        download(url)
    print(f"sequential {time.perf_counter() - start:.3f}")

if only != "sequential":
    start = time.perf_counter()
    with ThreadPoolExecutor(max_workers=32) as pool:
        list(pool.map(download, urls))
    print(f"threads {time.perf_counter() - start:.3f}")
