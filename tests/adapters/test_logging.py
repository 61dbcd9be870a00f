"""What libraries say is logged as a whole sentence that quotes nobody."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.serving import ROOT

SAYING = """
import logging
from contextlib import suppress
from psycopg_pool import ConnectionPool, PoolTimeout
from adapters.logging import configure
configure()
with suppress(PoolTimeout):
    with ConnectionPool("postgresql://rahasia@127.0.0.1:1/x", min_size=1, name="rahasia", open=False) as pool:
        pool.wait(0.1)
logging.getLogger("lib").warning("%(n)d of %(who)r", {"n": 3, "who": "rahasia"})
logging.getLogger("lib").warning("%s took %.3f seconds", "rahasia", 0.5)
logging.getLogger("lib").warning("100% sure %d", "rahasia")
"""


def test_sentences_of_libraries_are_filled_in_without_what_they_quote() -> None:
    done = subprocess.run([sys.executable, "-c", SAYING], cwd=ROOT, capture_output=True, text=True, check=True)
    said = [json.loads(line)["event"] for line in done.stderr.splitlines()]
    assert said[0] == "error connecting in …: OperationalError"
    assert said[-3:] == ["3 of …", "… took 0.500 seconds", "100% sure %d"]
    assert "rahasia" not in done.stderr
