"""The peers that come from npm, installed by its ordinary client into an untracked folder."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from adapters.bench.worker import NotMeasured

FOLDER = Path(__file__).parents[3] / ".tools" / "peers"
PACKAGES: Mapping[str, str] = {"@event-driven-io/emmett-postgresql": "0.42.0", "@eventide/message-db": "1.3.1"}
INSTALL_SECONDS_MAX = 300.0


@cache
def installed(package: str) -> Path:
    """Give the folder of a package, installed when it is missing; raises NotMeasured when that fails."""
    found = FOLDER / "node_modules" / package
    if _version(found) == PACKAGES[package]:
        return found
    npm = shutil.which("npm")
    if npm is None:
        raise NotMeasured("npm")
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "package.json").write_text(json.dumps({"private": True, "dependencies": PACKAGES}), encoding="utf-8")
    try:
        done = subprocess.run(  # noqa: S603  npm as it stands on this machine
            [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"],
            cwd=FOLDER,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotMeasured(f"npm install: > {INSTALL_SECONDS_MAX:.0f} s") from None
    if done.returncode or _version(found) is None:
        raise NotMeasured(f"npm install: {done.stderr.strip().partition(chr(10))[0]}")
    return found


def node() -> str:
    """Give node's program; raises NotMeasured without one."""
    found = shutil.which("node")
    if found is None:
        raise NotMeasured("node")
    return found


def _version(package: Path) -> str | None:
    manifest = package / "package.json"
    if not manifest.is_file():
        return None
    version: str = json.loads(manifest.read_text(encoding="utf-8"))["version"]
    return version
