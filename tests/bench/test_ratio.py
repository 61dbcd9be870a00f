"""Ratios are taken within a round, never between medians of different rounds."""

from __future__ import annotations

import pytest

from adapters.bench.ratio import Ratio, paired


def test_each_round_gives_its_own_ratio() -> None:
    assert paired([10.0, 40.0, 90.0], [10.0, 10.0, 30.0]) == Ratio(median=3.0, least=1.0, most=4.0)


def test_a_machine_that_slows_down_changes_no_ratio() -> None:
    assert paired([1000.0, 100.0, 10.0], [500.0, 50.0, 5.0]) == Ratio(2.0, 2.0, 2.0)


@pytest.mark.parametrize(("ours", "theirs"), [([], []), ([1.0], []), ([1.0], [1.0, 2.0])])
def test_rounds_that_do_not_match_are_no_comparison(ours: list[float], theirs: list[float]) -> None:
    with pytest.raises(ValueError):
        paired(ours, theirs)
