#!/usr/bin/env python3
"""Writes every scenario of ../ and the key pairs they are wrapped for, from a fixed seed.

    python3 generate.py            write them, and remove what is no longer made
    python3 generate.py --check    write nothing; fail where a file differs, is missing or is one too many

Needs the Python package `cryptography` (OpenSSL beneath it). Nothing of the library under test is used here, and
reference.py says of each scenario, by code that shares nothing with this, what comes of it. Format: ../../README.md.
"""

import pathlib
import sys

import key_texts
import named_members
import opener_files
import peers
import replies
import sealing
import wraps

FOLDER = pathlib.Path(__file__).resolve().parents[1]
ROOMS = (key_texts, replies, named_members, sealing, opener_files, wraps)


def wanted():
    files = {FOLDER.parent / "keys" / name: text.encode() for name, text in peers.FILES.items()}
    for room in ROOMS:
        for scenario in room.scenarios():
            path = FOLDER / f"{scenario.name}.txt"
            assert path not in files, path
            files[path] = scenario.render()
            assert type(scenario).read(FOLDER, path, files[path]) == scenario, path
    return files


def main():
    files = wanted()
    stale = set(FOLDER.glob("*/*.txt")) - set(files)
    if sys.argv[1:] == ["--check"]:
        wrong = sorted(stale) + [path for path, text in files.items() if not path.exists() or path.read_bytes() != text]
        assert not wrong, f"not as generated: {', '.join(str(path) for path in wrong[:10])}"
    else:
        for path in stale:
            path.unlink()
        for path, text in files.items():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text)
    count = sum(path.suffix == ".txt" for path in files)
    print(f"{count} scenarios {'checked' if sys.argv[1:] else 'written'}")


if __name__ == "__main__":
    main()
