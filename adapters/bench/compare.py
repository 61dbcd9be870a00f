"""The comparison: everybody of a race does the same work in turns, round by round, on one server, in one run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby
from statistics import median
from typing import Any

from adapters.bench.arena import Arena
from adapters.bench.entrants import OURS, PEERS, Entrant
from adapters.bench.ratio import Ratio, paired
from adapters.bench.rows import Effort, Field, Peer, Race, Row
from adapters.bench.worker import NotMeasured

Samples = list[dict[str, float]]
WARM_UP_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Compared:
    """A row with its figures: medians over the rounds, and the ratio; what was not measured is None and says why."""

    row: Row
    says: str
    ours: float | None
    peer: float | None = None
    ratio: Ratio | None = None
    missing: str | None = None
    is_first: bool = True  # of its race

    @property
    def met(self) -> bool | None:
        """Tell whether the goal is met; None without a goal or a figure."""
        if self.row.goal is None or self.ours is None:
            return None
        if self.row.peer is None:
            return self.ours <= self.row.goal
        return None if self.ratio is None else self.ratio.median >= self.row.goal

    def as_json(self) -> dict[str, Any]:
        """Give the row in the words other programs read."""
        ratio = self.ratio
        return {
            "name": self.row.name,
            "ours": _rounded(self.ours),
            "peer": _rounded(self.peer),
            "peer_name": self.row.peer,
            "ratio_median": _rounded(ratio.median if ratio else None),
            "ratio_min": _rounded(ratio.least if ratio else None),
            "ratio_max": _rounded(ratio.most if ratio else None),
            "goal": self.row.goal,
            "met": self.met,
        }


def compare(
    arena: Arena, races: Sequence[Race], effort: Effort, say: Callable[[str], None] = lambda _what: None
) -> Iterator[Compared]:
    """Give every row as soon as its race is over."""
    for field, those in groupby(races, key=lambda race: race.field):
        together = list(those)
        with ExitStack() as stack:
            present, missing = _opened(stack, arena, field, together, effort, say)
            for race in together:
                samples = _run(race, present, missing, effort, say)
                yield from (_compared(race, row, samples, missing) for row in race.rows)


Who = Peer | None
"""None: us."""


def _opened(
    stack: ExitStack, arena: Arena, field: Field, races: Sequence[Race], effort: Effort, say: Callable[[str], None]
) -> tuple[dict[Who, Entrant], dict[Who, str]]:
    """Make everybody ready; who cannot come is missing, and the others race without him."""
    present, missing = dict[Who, Entrant](), dict[Who, str]()
    for who in (None, *dict.fromkeys(peer for race in races for peer in race.peers)):
        say(f"{field}: {who or 'jejak'}")
        try:
            open_it = OURS[field] if who is None else PEERS[field, who]
            present[who] = stack.enter_context(open_it(arena, effort))
        except (NotMeasured, TimeoutError) as absent:
            missing[who] = str(absent)
    return present, missing


def _run(
    race: Race,
    present: dict[Who, Entrant],
    missing: dict[Who, str],
    effort: Effort,
    say: Callable[[str], None],
) -> dict[Who, Samples]:
    """Run the rounds; one warms up before them, and who began a round ends the next one."""
    turns: list[Who] = [who for who in (None, *race.peers) if who in present]
    samples: dict[Who, Samples] = {who: [] for who in turns}
    for n in range(-1, effort.rounds):
        seconds = effort.seconds if n >= 0 else effort.seconds * WARM_UP_SHARE
        for who in turns if n % 2 else reversed(turns):
            if who in missing:
                continue
            say(f"{race.rows[0].name}: {max(n, 0) + 1}/{effort.rounds} {who or 'jejak'}")
            try:
                own = race.own if who is None else {}
                sample: dict[str, float] = present[who].ask(race.work, **race.plan, **own, seconds=seconds)
            except NotMeasured as broken:
                missing[who] = str(broken)
                continue
            if n >= 0:
                samples[who].append(sample)
    return samples


def _compared(race: Race, row: Row, samples: dict[Who, Samples], missing: dict[Who, str]) -> Compared:
    def figures(who: Who, name: str) -> list[float]:
        return [sample[name] for sample in samples.get(who, ())] if who not in missing else []

    if row.peer is None:
        most = figures(None, "p99_ms")
        figure = median(most) if most else None
        return Compared(row, race.says, figure, missing=missing.get(None), is_first=row is race.rows[0])
    ours, theirs = figures(None, "rate"), figures(row.peer, "rate")
    return Compared(
        row,
        race.says,
        ours=median(ours) if ours else None,
        peer=median(theirs) if theirs else None,
        ratio=paired(ours, theirs) if ours and theirs else None,
        missing=missing.get(None) or missing.get(row.peer),
        is_first=row is race.rows[0],
    )


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 3)
