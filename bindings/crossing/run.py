#!/usr/bin/env python3
"""What it costs to cross into the library: README.md says how it is measured."""

import argparse
import base64
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "conformance"))
sys.dont_write_bytecode = True

import run as conformance  # noqa: E402

SIZES = (156, 2_097_152)
# The scenarios' keys, whose private halves open what was sealed.
KEYS = {"AES-256-CBC": "rsa-1024", "SM4-GCM": "sm2"}
# What these have for sealing into memory of the caller's, which is kept from request to request; PHP hands over pieces.
KEEPING = {"go": "AppendSealed", "csharp": "SealInto", "java": "ByteBuffer", "nodejs": "into", "python": "seal_into",
           "php": "sealTo"}
SAMPLES, SAMPLE_NS, WARM_NS = 15, 60_000_000, 1_500_000_000
MOST = 1.3
PAGES = (HERE.parents[1] / "docs/crossing.md", HERE.parents[1] / "docs/crossing.zh-CN.md")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


class Timed:
    """A program that seals so many times when it is asked, and how much processor time it took for that."""

    def __init__(self, agent, suites=tuple(KEYS), verb="spin"):
        self.agent, self.suites, self.verb = agent, suites, verb
        self.name = agent.name if verb == "spin" else f"{agent.name}, {KEEPING[agent.name]}"
        # The clock of all threads of a process: its collector's and its compiler's too.
        self.clock = (~agent.process.pid << 3) | 2
        self.per_sample = {}

    def spin(self, key, size, count):
        before = time.clock_gettime_ns(self.clock)
        self.agent.ask(self.verb, key, str(size), str(count))
        return time.clock_gettime_ns(self.clock) - before

    def warm(self, key, size):
        """Runs until it is warm, and settles how many rounds make a sample."""
        count, spent = 1, 0
        while spent < WARM_NS:
            took = self.spin(key, size, count)
            spent += took
            if took < SAMPLE_NS:
                count *= 2
        self.per_sample[size] = count

    def sample(self, key, size):
        count = self.per_sample[size]
        return (self.spin(key, size, count) - self.spin(key, size, 0)) / count


def public_key(name):
    pem = subprocess.run(["openssl", "pkey", "-in", conformance.VECTORS / f"keys/scenario-{name}-private.pem", "-pubout"],
                         check=True, capture_output=True).stdout
    return base64.b64encode(pem)


def check(timed, suite, key):
    """What it seals opens, before it is timed."""
    plain = b'{"ImageUrl":"https://h.example/card.jpg"}'
    sealed, *opener = timed.agent.ask("seal", key, plain)
    opened = opened_by_reference(suite, sealed)
    if opened != plain:
        raise SystemExit(f"{timed.agent.name}: what it sealed under {suite} does not open")


def opened_by_reference(suite, sealed):
    sealed, reference = conformance.json.loads(sealed), conformance.reference
    how = sealed["Encryption"]
    pem = (conformance.VECTORS / "keys" / f"scenario-{KEYS[suite]}-private.pem").read_bytes()
    unwrap = reference.rsa_unwrap if suite == "AES-256-CBC" else reference.sm2_unwrap
    key = unwrap(pem, reference.decode(how["CiphertextBlob"]))
    tags = [reference.decode(tag) for tag in how["TagList"]] or [None]
    return reference.open_body(suite, key, reference.decode(how["Iv"]), reference.decode(sealed["EncryptedBody"]), tags[0])


def peers(python, folder, languages):
    """What the users of a language write without this library."""
    castle = "/usr/share/java/bcprov.jar"
    every = {
        "python": ("cryptography + gmssl", [python, HERE / "peers/peer.py"], tuple(KEYS)),
        "java": ("Bouncy Castle", ["java", "-cp", f"{castle}:{folder}", "Peer"], tuple(KEYS)),
        "nodejs": ("node:crypto", ["node", HERE / "peers/peer.cjs"], ("AES-256-CBC",)),
        "php": ("PHP's OpenSSL", ["php", HERE / "peers/peer.php"], ("AES-256-CBC",)),
    }
    if "java" in languages:
        subprocess.run(["javac", "-cp", castle, "-d", folder, HERE / "peers/Peer.java"], check=True)
    return {language: Timed(conformance.Agent(name, command), suites)
            for language, (name, command, suites) in every.items() if language in languages}


def measured(contenders):
    """Medians by suite, size and program. Samples alternate, so that other load on the machine meets all alike."""
    medians = {}
    for suite, name in KEYS.items():
        key = public_key(name)
        here = [one for one in contenders if suite in one.suites]
        for one in here:
            check(one, suite, key)
        for size in SIZES:
            for one in here:
                one.warm(key, size)
            samples = {one.name: [] for one in here}
            for _ in range(SAMPLES):
                for one in here:
                    samples[one.name].append(one.sample(key, size))
            for name_of_it, found in samples.items():
                medians[suite, size, name_of_it] = statistics.median(found)
    return medians


def shown(ns):
    for unit, of in (("ms", 1e6), ("µs", 1e3)):
        if ns >= of:
            return f"{ns / of:.3g} {unit}"
    return f"{ns:.0f} ns"


def table(medians, bindings, others):
    rows = ["| | " + " | ".join(f"{suite}, {size} bytes" for suite in KEYS for size in SIZES) + " |",
            "|---|" + "--:|" * (len(KEYS) * len(SIZES))]
    names = ["rust", *(one.name for one in bindings if one.name != "rust")]
    for name in names:
        cells = []
        for suite in KEYS:
            for size in SIZES:
                ns, base = medians[suite, size, name], medians[suite, size, "rust"]
                cells.append(f"**{shown(ns)}**" if name == "rust" else f"{shown(ns)} ({ns / base:.2f}×)")
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    for language, peer in others.items():
        cells = []
        for suite in KEYS:
            for size in SIZES:
                ns = medians.get((suite, size, peer.name))
                cells.append("–" if ns is None else f"{shown(ns)} ({ns / medians[suite, size, language]:.1f}× {language})")
        rows.append(f"| {peer.name} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def machine():
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())[1]
    rustc = subprocess.run(["rustc", "--version"], check=True, capture_output=True, text=True).stdout.strip()
    return f"{cpu}; {rustc}; load average {os.getloadavg()[0]:.1f}"


def written_by(arguments):
    languages = f" --languages {arguments.languages}" if arguments.languages else ""
    return f"`python3 bindings/crossing/run.py{languages} --write`, {time.strftime('%Y-%m-%d', time.gmtime())}:"


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--python", default=sys.executable, help="the Python that has the binding, cryptography and gmssl")
    arguments.add_argument("--languages", help="these only, with commas between; all of them otherwise")
    how = arguments.add_mutually_exclusive_group()
    how.add_argument("--write", action="store_true", help="put the figures into docs/crossing.md and its twin")
    how.add_argument("--try", action="store_true", dest="tries",
                     help="two samples of each, which are no figures: whether everything can be measured")
    arguments = arguments.parse_args()
    if arguments.tries:
        global SAMPLES, SAMPLE_NS, WARM_NS
        SAMPLES, SAMPLE_NS, WARM_NS = 2, 1_000_000, 10_000_000
    # One core for all, so that none moves while it is timed.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    target = (conformance.ROOT / os.environ.get("CARGO_TARGET_DIR", "target")).resolve()
    folder = pathlib.Path(tempfile.mkdtemp())
    try:
        rust = conformance.Agent("rust", [target / "release/cardseal-crossing"])
        languages = arguments.languages and arguments.languages.split(",")
        bindings = [Timed(rust)]
        for agent in conformance.agents(target, arguments.python, languages):
            bindings.append(Timed(agent))
            if agent.name in KEEPING:
                bindings.append(Timed(agent, verb="spin into"))
        others = peers(arguments.python, folder, [one.name for one in bindings])
        medians = measured([*bindings, *others.values()])
    finally:
        shutil.rmtree(folder)
    if arguments.tries:
        print(f"REACHED {len(medians)} measurements of the cost of crossing by {len(bindings) + len(others)} programs, "
              "which can all be taken")
        return False
    found = f"{written_by(arguments)}\n{machine()}\n\n{table(medians, bindings, others)}"
    print(found)
    if arguments.write:
        for page in PAGES:
            before, _, rest = page.read_text().partition(BEGIN)
            page.write_text(before + BEGIN + "\n\n" + found + "\n\n" + END + rest.partition(END)[2])
    # Whoever seals pictures takes the call that is made for them.
    native = [one.name for one in bindings
              if one.name != "wasm" and (one.agent.name not in KEEPING or one.name != one.agent.name)]
    worst = max((medians[suite, SIZES[1], name] / medians[suite, SIZES[1], "rust"], f"{name}, {suite}")
                for name in native for suite in KEYS)
    print(f"at {SIZES[1]} bytes the dearest is {worst[1]}: {worst[0]:.2f}×, of at most {MOST}")
    return worst[0] > MOST


if __name__ == "__main__":
    sys.exit(main())
