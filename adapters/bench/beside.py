"""How long commands take while all views are built anew beside them, against how long they take alone."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import uuid4

from adapters.bench.caller import Caller

CLIENTS = 8
COMMANDS_PER_SECOND = 200
COMMANDS_A_CASE = 20
REBUILD_SECONDS_MAX = 3_600
_LETTERS = str.maketrans("0123456789", "ghijklmnop", "-")


@dataclass(frozen=True, slots=True)
class Beside:
    """The p99 of commands in milliseconds without and with rebuilds beside them, how many came through, and rebuilds.

    `equal` is False when a rebuild found rows that differed from the live ones.
    """

    alone_p99_ms: float
    beside_p99_ms: float
    commands: int
    rebuilds: int
    equal: bool

    @property
    def ratio(self) -> float:
        """By how much a rebuild lengthens the p99."""
        return self.beside_p99_ms / self.alone_p99_ms


def rebuild_beside_commands(
    port: int, database_url: str, *, seconds: float, per_second: float = COMMANDS_PER_SECOND
) -> Beside:
    """Send commands to a running service, `seconds` without and as long, or longer, with rebuilds in another process.

    The service's database holds the governments of the demonstration. Commands are due `per_second`, or follow each
    other as fast as the machine allows; a time is from the sending of a command to its answer. Raises Unexpected when
    one of them fails, CalledProcessError when a rebuild does.
    """
    token = Caller(port, {}).sign_in("ani")
    pace, ends = CLIENTS / per_second, time.monotonic() + seconds
    alone = _commands(port, token, pace, lambda: time.monotonic() < ends)
    with ThreadPoolExecutor(1) as other:
        rebuilding = other.submit(_rebuilt, database_url, time.monotonic() + seconds)
        beside = _commands(port, token, pace, lambda: not rebuilding.done())
    equal = rebuilding.result()
    return Beside(_p99(alone), _p99(beside), len(alone) + len(beside), len(equal), all(equal))


def _rebuilt(database_url: str, ends: float) -> list[bool]:
    """Build all views anew in a process of its own, at least once; say of each time whether the rows were the same."""
    equal: list[bool] = []
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("JEJAK_")}
    while not equal or time.monotonic() < ends:
        said = subprocess.run(
            [sys.executable, "-m", "adapters.cli", "rebuild"],
            env=surroundings | {"JEJAK_DATABASE_URL": database_url},
            capture_output=True,
            text=True,
            timeout=REBUILD_SECONDS_MAX,
            check=True,
        ).stdout
        equal.append("differed" not in said)
    return equal


def _commands(port: int, token: str, pace: float, goes_on: Callable[[], bool]) -> list[float]:
    """Have clients send a command each every `pace` seconds; give how long each took, in milliseconds."""
    callers = [Caller(port, {"ani": token}) for _ in range(CLIENTS)]
    began = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda n: _send(callers[n], began + n * pace / CLIENTS, pace, goes_on), range(CLIENTS)))
    return [ms for caller in callers for ms in caller.milliseconds]


def _send(caller: Caller, due: float, pace: float, goes_on: Callable[[], bool]) -> None:
    """Register ideas and link each to lines of a plan, one command whenever one is due."""
    case, sent = "", 0
    while goes_on():
        time.sleep(max(0.0, due - time.monotonic()))
        due = max(due + pace, time.monotonic())
        if sent % COMMANDS_A_CASE == 0:
            case = caller.command("ani", "/innovations", _idea())["id"]
        else:
            caller.command("ani", f"/innovations/{case}/link-plan", {"plan": "renja", "code": f"1.02.{sent}"})
        sent += 1
    caller.close()


def _idea() -> dict[str, object]:
    title = f"Kunjungan Lansia {str(uuid4()).translate(_LETTERS)}"
    problem = "Warga lanjut usia sulit datang ke Puskesmas dan menunggu terlalu lama."
    return {"title": title, "problem": problem, "affairs": ["URS-02"], "initiator": "civil_servant"}


def _p99(milliseconds: list[float]) -> float:
    return statistics.quantiles(milliseconds, n=100, method="inclusive")[98]
