"""The figures of the whole service: commands and lists over HTTP, rebuild, and how far the views are behind."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from adapters.bench.caller import Caller
from adapters.bench.serving import free_port, jejak, served, wait_until
from adapters.demo.generator import generate
from adapters.demo.governments import person_id
from adapters.demo.telling import words
from adapters.postgres.migrate import migrate
from adapters.postgres.projector import Projector
from adapters.postgres.rebuild import rebuild
from adapters.settings import Settings
from adapters.wiring import all_views, evidence_store, new_database, open_desk

SEED = 1
CLIENTS = 8
COMMANDS_GOAL, REBUILD_GOAL, LIST_P95_GOAL, PAGE_P95_GOAL = 200, 20_000, 100, 100
CATCH_UP_SECONDS_MAX = 120.0
PEOPLE = ("ani", "koordinator", "citra", "budi", "sekda", "inspektur")
LISTS: tuple[dict[str, str], ...] = (
    {},
    {"stage": "pilot", "status": "running"},
    {"agency": "ka-dinkes"},
    {"affair": "URS-12", "sort": "title"},
    {"q": "imunisasi desa"},
    {"q": "akta kelahiran", "stage": "pilot"},
    {"q": '"pulau terluar"', "sort": "entered"},
    {"q": "warga desa"},
    {"q": "KA-2024-0042"},
    {"status": "draft", "sort": "case_number", "limit": "100"},
)
READERS = ("sekda", "inspektur", "ani")
PAGES = (
    ("sekda", "/kerja"),
    ("koordinator", "/inovasi"),
    ("koordinator", "/inovasi?q=imunisasi+desa"),
    ("koordinator", "/inovasi/{case}"),
    ("koordinator", "/inovasi/{case}?bagian=jejak"),
    ("sekda", "/dasbor"),
    ("sekda", "/dasbor/lewat-waktu?region=KA"),
    ("sekda", "/replikasi"),
    ("koordinator", "/evaluasi"),
    ("inspektur", "/audit"),
    ("ani", "/"),
)
A_LONG_LIFE = "/innovations?stage=closed&status=institutionalised&limit=1"
LOOKS_MIN = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured; a goal is a least or, for times, a most."""

    name: str
    ours: float
    unit: str
    goal: float | None = None

    @property
    def met(self) -> bool | None:
        """Tell whether the goal is met; None without one."""
        if self.goal is None:
            return None
        return self.ours <= self.goal if self.unit == "ms" else self.ours >= self.goal


def measure(
    home: Path, *, cases: int, seconds: float, say: Callable[[str], None] = lambda _what: None
) -> Iterator[Figure]:
    """Give every figure as it is found; `home` is an empty folder for a database of its own."""
    settings = Settings(home=home, database_url=None, database_url_file=None)
    with new_database(settings) as url:
        migrate(url)
        yield from _generated(url, settings, cases, say)
        say("rebuild")
        began = time.perf_counter()
        position = rebuild(url, all_views())[0].position
        yield Figure("rebuild", position / (time.perf_counter() - began), "events/s", REBUILD_GOAL)
        with _serving(home) as port:
            caller = Caller(port, {})
            tokens = {name: caller.sign_in(name) for name in PEOPLE}
            say("GET /innovations")
            yield from _lists(port, tokens, seconds)
            say("pages")
            yield from _pages(port, tokens, seconds)
            say("POST")
            yield from _commands(port, tokens, seconds)
            yield from _catching_up(Caller(port, {}))


def _generated(url: str, settings: Settings, cases: int, say: Callable[[str], None]) -> Iterator[Figure]:
    say(f"{cases} perkara / cases")
    with open_desk(url, evidence_store(settings)) as desk:
        began = time.perf_counter()
        head = generate(desk, cases, SEED)
        yield Figure("events", head, "events")
        yield Figure("generate", head / (time.perf_counter() - began), "events/s")
        desk.connection.execute("VACUUM ANALYZE")
    Projector(url, all_views()).catch_up()


@contextmanager
def _serving(home: Path) -> Iterator[int]:
    """Run the service as `jejak serve` does, in a process of its own, and give its port."""
    port = free_port()
    with served(jejak(port), port, home / "serve.log", {"JEJAK_HOME": str(home)}):
        wait_until(lambda: _is_ready(port), CATCH_UP_SECONDS_MAX)
        yield port


def _is_ready(port: int) -> bool:
    caller = Caller(port, {})
    try:
        return caller.readiness()[0] == 200
    finally:
        caller.close()


# Lists


def _lists(port: int, tokens: dict[str, str], seconds: float) -> Iterator[Figure]:
    """Ask for first pages, filtered and searched, by people who see much and little."""
    caller, deadline = Caller(port, tokens), time.monotonic() + seconds
    rounds = [(reader, f"/innovations?{urlencode(filters)}") for filters in LISTS for reader in READERS]
    for n, (reader, path) in enumerate(cycle(rounds)):
        if n >= len(rounds) and time.monotonic() > deadline:
            break
        caller.get(reader, path)
    yield from _percentiles("list", caller.milliseconds, p95=LIST_P95_GOAL)
    for n, filters in enumerate(LISTS):
        one = [ms for at, ms in enumerate(caller.milliseconds) if at % len(rounds) // len(READERS) == n]
        yield Figure(f"list p95 {urlencode(filters) or 'all'}", _percentile(one, 95), "ms")


def _pages(port: int, tokens: dict[str, str], seconds: float) -> Iterator[Figure]:
    """Open every page again and again, as the one who has most to see there."""
    (case,) = Caller(port, tokens).get("koordinator", A_LONG_LIFE)["items"]
    for who, page in PAGES:
        path = page.format(case=case["case_number"])
        caller, deadline = Caller(port, tokens), time.monotonic() + seconds / len(PAGES)
        while len(caller.milliseconds) < LOOKS_MIN or time.monotonic() < deadline:
            caller.look(who, path)
        yield Figure(f"page p95 {page}", _percentile(caller.milliseconds, 95), "ms", PAGE_P95_GOAL)


# Commands


def _commands(port: int, tokens: dict[str, str], seconds: float) -> Iterator[Figure]:
    """Have several clients carry ideas to a running pilot, each its own, without a pause."""
    callers = [Caller(port, tokens) for _ in range(CLIENTS)]
    began = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda caller: _work(caller, began + seconds), callers))
    took = time.monotonic() - began
    every = [ms for caller in callers for ms in caller.milliseconds]
    yield Figure("commands", len(every) / took, "commands/s", COMMANDS_GOAL)
    yield from _percentiles("command", every)


def _work(caller: Caller, deadline: float) -> None:
    while time.monotonic() < deadline:
        _from_idea_to_pilot(caller)


def _from_idea_to_pilot(caller: Caller) -> None:
    title = f"Kunjungan Lansia {uuid4().hex[:12].translate(str.maketrans('0123456789', 'ghijklmnop'))}"
    problem = "Warga lanjut usia sulit datang ke Puskesmas dan menunggu terlalu lama."
    birth = {"title": title, "problem": problem, "affairs": ["URS-02"], "initiator": "civil_servant"}
    made = caller.command("ani", "/innovations", birth)
    for username, command, body in _STEPS:
        made = caller.command(username, f"/innovations/{made['id']}/{command}", body, made["version"])


_REASON = {"reason": "Sejalan dengan rencana kerja dan dapat dibiayai."}
_STEPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("koordinator", "assign-coach", {"person": str(person_id("citra"))}),
    (
        "ani",
        "revise-profile",
        {
            "design": "\n\n".join(islice(words()["rancangan"], 7)),
            "goals": "Lansia terlayani di rumah.",
            "benefits": "Tidak perlu antre.",
            "form": "public_service",
            "kind": "non_digital",
            "origin": "original",
            "inclusion": words()["inklusi"],
        },
    ),
    ("ani", "submit", {"pledge": True}),
    ("citra", "record-review", {"advice": "Siapkan lembar harian sejak pekan pertama."}),
    ("budi", "endorse", {"choice": "endorse", **_REASON}),
    ("sekda", "decide-pilot", {"choice": "approve", **_REASON}),
    (
        "ani",
        "start-pilot",
        {
            "place": "Puskesmas Melati",
            "target_group": "Warga lanjut usia",
            "indicators": [{"code": "lama", "name": "Lama menunggu", "unit": "menit", "baseline": 118, "target": 45}],
            "starts_on": "2026-01-05",
            "ends_on": "2026-07-05",
            "budget_source": "blud",
            "legal_basis": [{"type": "sk_agency_head", "number": "440/12", "date": "2026-01-02"}],
        },
    ),
)


def _catching_up(caller: Caller) -> Iterator[Figure]:
    """Say how far the views are behind right after the load, and how long they take to be there."""
    began, behind = time.monotonic(), float(caller.readiness()[1]["behind"])
    wait_until(lambda: caller.readiness()[1]["behind"] == 0, CATCH_UP_SECONDS_MAX)
    yield Figure("behind after load", behind, "events")
    yield Figure("catch up", (time.monotonic() - began) * 1000, "ms")


# Figures


def _percentiles(name: str, milliseconds: list[float], **goals: float) -> Iterator[Figure]:
    for percent in (50, 95, 99):
        yield Figure(f"{name} p{percent}", _percentile(milliseconds, percent), "ms", goals.get(f"p{percent}"))


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
