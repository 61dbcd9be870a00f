"""What is said while something long is done."""

from __future__ import annotations

import io

from rich.console import Console

from adapters.cli.progress import progress


def test_without_a_terminal_a_line_now_and_then_says_rate_and_time_left() -> None:
    seconds = iter([0.0, 0.0, 2.0, 10.0, 12.0, 20.0])
    said = io.StringIO()
    with progress("peristiwa / events", Console(file=said), clock=lambda: next(seconds)) as heard:
        for done in (1_000, 3_000, 11_000, 13_000, 21_000):
            heard(done, 21_000)
    assert said.getvalue().splitlines() == [
        "peristiwa / events: 11,000/21,000  1,000/s  sisa / left 0:00:10",
        "peristiwa / events: 21,000/21,000  1,000/s  sisa / left 0:00:00",
    ]


def test_on_a_terminal_there_is_a_bar() -> None:
    said = io.StringIO()
    with progress("peristiwa / events", Console(file=said, force_terminal=True, width=100)) as heard:
        heard(10, 20)
        heard(20, 20)
    assert "20/20" in said.getvalue()
