"""What can be seen of a package without judging it: whether it runs at build time, how much of it is `unsafe`, whether it
opens sockets or starts programs. A reviewer begins there, and a new version that begins to do so is a line that changes.
"""

import re

from packages import ROOT, SHIPPED, Tree

PATH = ROOT / "supply-chain/facts.tsv"
COLUMNS = ("package", "version", "checksum", "in", "at build time", "unsafe", "network", "programs")
NOT_SHIPPED = {"tests", "benches", "examples", "fuzz"}
COMMENT = re.compile(r"^\s*//.*$", re.M)
UNSAFE = re.compile(r"\bunsafe\b(?!_)")
NETWORK = re.compile(r"\bstd::net\b|\bnet::(?:Tcp|Udp)|\b(?:Tcp|Udp)(?:Stream|Listener|Socket)\b")
PROGRAMS = re.compile(r"\bprocess::Command\b|\bCommand::new\b")


def sources(package):
    for path in sorted(package.folder.rglob("*.rs")):
        if not NOT_SHIPPED & set(path.relative_to(package.folder).parts):
            yield COMMENT.sub("", path.read_text(encoding="utf-8", errors="replace"))


def row(package, shipped_in):
    counts = [0, 0, 0]
    for text in sources(package):
        for place, pattern in enumerate((UNSAFE, NETWORK, PROGRAMS)):
            counts[place] += len(pattern.findall(text))
    built = [
        word
        for word, is_so in (("proc-macro", package.is_proc_macro), ("build script", package.has_build_script))
        if is_so
    ]
    return (
        package.name,
        package.version,
        package.checksum,
        "+".join(shipped_in),
        " and ".join(built) or "-",
        *map(str, counts),
    )


def table(tree=None):
    tree = tree or Tree()
    behind = {member: tree.behind(member) for member in SHIPPED}
    rows = [
        row(package, [member for member in SHIPPED if id in behind[member]])
        for id, package in tree.packages.items()
        if package.checksum and any(id in found for found in behind.values())
    ]
    return "".join("\t".join(line) + "\n" for line in [COLUMNS, *sorted(rows)])
