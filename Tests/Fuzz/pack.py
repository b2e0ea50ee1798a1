#!/usr/bin/env python3
"""Keeps the fuzzers' seeds: one file a target, one seed a line, in base 64.

    pack.py pack SEEDS FOLDER [--limit BYTES]     adds the folder's files to the seeds, small ones first, up to a size
    pack.py unpack SEEDS FOLDER                   writes each seed to a file
"""

import argparse
import base64
import hashlib
import pathlib


def seeds(path):
    return [base64.b64decode(line) for line in path.read_text().splitlines()] if path.exists() else []


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["pack", "unpack"])
    parser.add_argument("seeds", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--limit", type=int, default=150_000)
    options = parser.parse_args()
    if options.action == "unpack":
        options.folder.mkdir(parents=True, exist_ok=True)
        for seed in seeds(options.seeds):
            (options.folder / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
        return
    lines = [base64.b64encode(seed).decode() for seed in seeds(options.seeds)]
    size = sum(len(line) + 1 for line in lines)
    for seed in sorted((file.read_bytes() for file in options.folder.iterdir()), key=lambda seed: (len(seed), seed)):
        line = base64.b64encode(seed).decode()
        size += len(line) + 1
        if size > options.limit:
            break
        if line not in lines:
            lines.append(line)
    options.seeds.write_text("".join(line + "\n" for line in lines))


if __name__ == "__main__":
    main()
