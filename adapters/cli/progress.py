"""How far long work has come: a bar on a terminal, a plain line every few seconds otherwise."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

LINE_SECONDS = 5.0
Heard = Callable[[int, int], None]


class RateColumn(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        """Give the rate of the last while."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s")


@contextmanager
def progress(of_what: str, console: Console, clock: Callable[[], float] = time.monotonic) -> Iterator[Heard]:
    """Give what hears how much is done, and of how many; it says so with the rate and the time left."""
    if not console.is_terminal:
        yield _lines(of_what, console, clock)
        return
    columns = (BarColumn(), MofNCompleteColumn(), RateColumn(), TimeRemainingColumn())
    with Progress(TextColumn("{task.description}"), *columns, console=console) as bar:
        task = bar.add_task(of_what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _lines(of_what: str, console: Console, clock: Callable[[], float]) -> Heard:
    began: tuple[float, int] | None = None
    said, last = clock(), 0

    def heard(done: int, total: int) -> None:
        nonlocal began, said, last
        now = clock()
        if began is None:
            began = now, done  # work that goes on where it was stopped did not do that much just now
        elif now - said >= LINE_SECONDS or last < total <= done:
            said = now
            rate = (done - began[1]) / max(now - began[0], 0.001)
            left = timedelta(seconds=round((total - done) / rate)) if rate else "?"
            console.print(f"{of_what}: {done:,}/{total:,}  {rate:,.0f}/s  sisa / left {left}", soft_wrap=True)
        last = done

    return heard
