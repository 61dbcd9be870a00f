"""How the house fares as its log grows: the same works at a thousand events, ten thousand, and so on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import urlencode

from adapters.bench.arena import Arena
from adapters.bench.copies import enlarge
from adapters.bench.entrants import log_of, serve_ours, store_of
from adapters.bench.house import LISTS
from adapters.postgres.migrate import migrate

SIZES: Final = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
GENERATED_MAX: Final = 100_000
EVENTS_OF_A_LIFE: Final = 40  # about; what is missing is copied, what is too much stays
CAUGHT_UP_MAX: Final = 1_000_000  # a longer log is built from nothing, then a million more are caught up with
CALLERS: Final = 8
PAGE_SIZE: Final = 1_000
LENGTH: Final = 20
COLUMNS: Final = (
    "Peristiwa / events",
    "Tulis / append, 8",
    "Baca / load 20",
    "Daftar / list p95",
    "Kejar / catch-up",
    "Bangun ulang / rebuild",
    "Memori / memory",
)


@dataclass(frozen=True, slots=True)
class Grown:
    """The figures of one size: rates a second, the lists' p95 in milliseconds, the rebuild's peak memory in MiB."""

    events: int
    append: float
    load: float
    list_p95_ms: float
    catch_up: float
    rebuild: float
    memory_mib: float

    def cells(self) -> list[str]:
        """Give the figures as they are shown, in the order of COLUMNS."""
        return [
            f"{self.events:,}",
            f"{self.append:,.0f}/s",
            f"{self.load:,.0f}/s",
            f"{self.list_p95_ms:.0f} ms",
            f"{self.catch_up:,.0f}/s",
            f"{self.rebuild:,.0f}/s",
            f"{self.memory_mib:,.0f} MiB",
        ]

    def as_json(self) -> dict[str, float]:
        """Give the figures by their names."""
        return {name: round(figure, 2) for name, figure in asdict(self).items()}


def grow(arena: Arena, up_to: int, seconds: float, say: Callable[[str], None] = lambda _what: None) -> Iterator[Grown]:
    """Give the figures of every size up to the largest wanted, each on a log of its own."""
    for size in SIZES:
        if size <= up_to:
            yield _grown(arena, size, seconds, say)


def _grown(arena: Arena, size: int, seconds: float, say: Callable[[str], None]) -> Grown:
    """Make a log and measure: first what reads it, last what adds to it."""
    url = arena.database("grown")
    migrate(url)
    whole = size <= CAUGHT_UP_MAX
    with log_of(arena, url) as views:
        say(f"{size:,}: log")
        generated = round(views.ask("generate", cases=max(1, min(size, GENERATED_MAX) // EVENTS_OF_A_LIFE))["events"])
        events = enlarge(url, size, lambda head: say(f"{size:,}: log {head:,}"))
        if whole:
            say(f"{size:,}: catch-up")
            caught_up = views.ask("catch_up", page_size=PAGE_SIZE, seconds=seconds)
    say(f"{size:,}: rebuild")
    with log_of(arena, url) as views:  # a process that did nothing else, for its peak of memory
        rebuilt = views.ask("rebuild", views="all", seconds=seconds) if whole else views.ask("build", seconds=seconds)
        if not whole:
            say(f"{size:,}: catch-up")
            enlarge(url, size + CAUGHT_UP_MAX, generated=generated)
            caught_up = views.ask("catch_up_on", page_size=PAGE_SIZE, seconds=seconds)
    say(f"{size:,}: list")
    with serve_ours(arena, url) as service:
        paths = [f"/api/v1/innovations?{urlencode(filters)}" for filters in LISTS]
        listed: Any = service.read(paths, callers=1, seconds=seconds)
    say(f"{size:,}: append, load")
    with store_of(arena, url) as store:
        appended = store.ask("append", callers=CALLERS, seconds=seconds)
        loaded = store.ask("load", length=LENGTH, seconds=seconds)
    return Grown(
        events=events,
        append=appended["rate"],
        load=loaded["rate"],
        list_p95_ms=listed["p95_ms"],
        catch_up=caught_up["rate"],
        rebuild=rebuilt["rate"],
        memory_mib=rebuilt["mib"],
    )
