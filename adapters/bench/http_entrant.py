"""A service in the race: the load generator, a port, and how a case comes about there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from adapters.bench.documents import documents
from adapters.bench.worker import Worker

EVENTS_OF_A_CASE = 20
CASES_READ = 40
GOALS = "Antrean di bawah dua puluh menit. @unique@"


@dataclass
class HttpEntrant:
    """Asked for commands or reads it has the load generator send them."""

    load: Worker
    port: int
    script: Mapping[str, Any]
    one: str  # where a case is read
    headers: Mapping[str, str] = field(default_factory=dict)

    def ask(self, work: str, *, callers: int, seconds: float) -> Any:
        """Give the rate and the percentiles of commands, or of reads of single cases."""
        if work == "reads":
            return self.read(self.paths, callers=callers, seconds=seconds)
        return self.load.ask(work, **self._where, script=dict(self.script), callers=callers, seconds=seconds)

    def read(self, paths: list[str], *, callers: int, seconds: float) -> Any:
        """Give the rate and the percentiles of reading what is there."""
        return self.load.ask("reads", **self._where, paths=paths, callers=callers, seconds=seconds)

    @property
    def _where(self) -> dict[str, Any]:
        return {"port": self.port, "headers": dict(self.headers)}

    @cached_property
    def paths(self) -> list[str]:
        """The cases that are read, told beforehand."""
        told = self.load.ask("cases", **self._where, script=dict(self.script), count=CASES_READ)
        return [self.one.replace("{id}", id) for id in told]


def ours() -> dict[str, Any]:
    """Give how a case comes about here: registered, then revised, as the lead may do with a draft."""
    birth = {
        "title": "Antrean Tanpa Berdiri @unique@",
        "problem": "Warga menunggu lama.",
        "affairs": ["URS-02"],
        "initiator": "civil_servant",
    }
    return _script("/api/v1/innovations", birth, "/api/v1/innovations/{id}/revise-profile", {"goals": GOALS})


def peers() -> dict[str, Any]:
    """Give how a case comes about at the peers; having no sessions they are told who acts."""
    birth, revised = (told["data"] for told in documents()[:2])
    revised["body"]["changes"]["goals"] = GOALS
    return _script("/cases", birth, "/cases/{id}/revise-profile", revised)


def _script(birth: str, birth_body: Any, step: str, step_body: Any) -> dict[str, Any]:
    return {
        "birth": birth,
        "birth_body": birth_body,
        "step": step,
        "step_body": step_body,
        "length": EVENTS_OF_A_CASE,
    }
