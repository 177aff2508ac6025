"""What the lock file says is built: the packages behind a member of the workspace, told by cargo itself."""

import json
import pathlib
import subprocess
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
# The library, and the command line that is shipped beside it.
SHIPPED = {"cardseal": "cardseal.cdx.json", "cardseal-cli": "cardseal-cli.cdx.json"}


class Package:
    def __init__(self, told, checksum):
        self.name = told["name"]
        self.version = told["version"]
        self.checksum = checksum
        self.folder = pathlib.Path(told["manifest_path"]).parent
        kinds = {kind for target in told["targets"] for kind in target["kind"]}
        self.is_proc_macro = "proc-macro" in kinds
        self.has_build_script = "custom-build" in kinds

    @property
    def key(self):
        return self.name, self.version


class Tree:
    """Every feature, every platform."""

    def __init__(self):
        told = json.loads(
            subprocess.run(
                ["cargo", "metadata", "--locked", "--all-features", "--format-version", "1"],
                cwd=ROOT,
                check=True,
                stdout=subprocess.PIPE,
            ).stdout
        )
        lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
        checksums = {(p["name"], p["version"]): p.get("checksum") for p in lock["package"]}
        self.locked = {key for key, checksum in checksums.items() if checksum}
        self.packages = {
            p["id"]: Package(p, checksums[p["name"], p["version"]]) for p in told["packages"]
        }
        self.nodes = {node["id"]: node for node in told["resolve"]["nodes"]}
        self.members = set(told["workspace_members"])

    def behind(self, member, without=None):
        """The member and all it is built of, as {id: [ids it needs]}; nothing that only its tests need."""
        start = next(id for id in self.members if self.packages[id].name == member)
        found, waiting = {}, [start]
        while waiting:
            id = waiting.pop()
            if id in found or self.packages[id].name == without:
                continue
            found[id] = [
                dep["pkg"]
                for dep in self.nodes[id]["deps"]
                if any(kind["kind"] in (None, "build") for kind in dep["dep_kinds"])
            ]
            waiting += found[id]
        return found
