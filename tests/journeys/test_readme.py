"""The walk of the README works as it is written there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.serving import ROOT, serving

WALK = re.compile(r"^```sh\n(api=.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.mark.skipif(shutil.which("curl") is None, reason="the walk is told with curl, which this machine lacks")
def test_the_walk_leads_from_an_idea_to_a_kit(database_url: str, tmp_path: Path) -> None:
    (walk,) = WALK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    last = 'curl -s $api/innovations/$case -H "Authorization: Bearer $ANI"\n'
    with serving(database_url, tmp_path, "--demo") as served:
        script = ["bash", "-e", "-c", f"{walk}\necho\n{last}"]
        told = {**os.environ, "PORT": str(httpx.URL(served.url).port)}
        done = subprocess.run(script, env=told, capture_output=True, text=True, timeout=120, check=True)
    assert re.findall(r'"status":4\d\d,"detail":"[^"]*"', done.stdout) == []
    case = json.loads(done.stdout.splitlines()[-1])
    assert (case["stage"], case["status"], case["kit"]["cost"]) == ("replication", "open", 1_000_000)
    assert case["measurements"][0]["value"] == 43
