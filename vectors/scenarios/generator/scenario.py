"""One scenario: headers, a blank line, a payload. Format: ../../README.md."""

import base64
import hashlib
import json
from dataclasses import dataclass, field

SEED = b"cardseal scenarios 1"


def drawn(label, count):
    """Bytes that look random and are the same on every run, whatever else is drawn."""
    return hashlib.shake_256(SEED + b"\0" + label.encode()).digest(count)


def b64(data):
    return base64.b64encode(data).decode()


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass
class Scenario:
    """`name` is FOLDER/FILE without its ending; the folder is what to do."""

    name: str
    expect: str
    why: str
    headers: dict = field(default_factory=dict)
    payload: bytes = b""
    origin: str = "computed by generator/generate.py"

    def __post_init__(self):
        # A header that would be empty is left out.
        self.headers = {name: value for name, value in self.headers.items() if value}

    @property
    def action(self):
        return self.name.split("/")[0]

    def render(self):
        head = {"expect": self.expect, "why": self.why, "origin": self.origin}
        head.update(self.headers)
        text = readable(self.payload)
        if text is None:
            head["payload"] = "base64"
            encoded = b64(self.payload)
            text = "".join(f"{encoded[at : at + 76]}\n" for at in range(0, len(encoded), 76))
        for name, value in head.items():
            assert "\n" not in str(value) and str(value) == str(value).strip(), (self.name, name)
        return ("".join(f"{name}: {value}\n" for name, value in head.items()) + "\n" + text).encode()

    @classmethod
    def read(cls, folder, path, text=None):
        head, _, payload = (text or path.read_bytes()).partition(b"\n\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\n"))
        if headers.pop("payload", "text") == "base64":
            payload = base64.b64decode(b"".join(payload.split()), validate=True)
        expect, why, origin = (headers.pop(name) for name in ("expect", "why", "origin"))
        name = path.relative_to(folder).with_suffix("").as_posix()
        return cls(name, expect, why, headers, payload, origin)


def readable(payload):
    """The payload as text, where an editor shows every byte of it."""
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return None
    hidden = any(not c.isprintable() and c != "\n" for c in text)
    blank_end = any(line != line.rstrip(" ") for line in text.split("\n"))
    return None if hidden or blank_end else text
