"""The colours of the stylesheet, computed: words stand out, controls are seen, stages are told apart by everybody."""

from __future__ import annotations

import itertools
import re

import pytest

from adapters.web.assets import FOLDER

Colour = tuple[float, float, float]
TOKEN = re.compile(r"--([a-z-]+): (#[0-9a-f]{3,6})\b")
STAGES = ("idea", "pilot", "replication", "evaluation")
GROUNDS = ("paper", "sheet", "sunk")
TEXTS = [
    *itertools.product(("ink", "muted", "seal", "alert"), GROUNDS),
    *itertools.product(("seal-deep",), ("paper", "sheet", "sunk", "seal-soft")),
    *[("on-seal", "seal"), ("on-seal", "seal-deep"), ("ink", "seal-soft"), ("ink", "alert-soft"), ("paper", "ink")],
]
CONTROLS = [*itertools.product(("edge", "seal", "alert", "focus", *STAGES), GROUNDS[:2])]
# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear light
EYES: dict[str, tuple[Colour, Colour, Colour]] = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "no blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
WHITE = (0.95047, 1.0, 1.08883)


def tokens(scheme: str) -> dict[str, str]:
    """Give the colours of a scheme: those of the night stand over those of the day."""
    light, dark = (FOLDER / "style.css").read_text(encoding="utf-8").split("@media (prefers-color-scheme: dark)")[:2]
    day = dict(TOKEN.findall(light))
    return day if scheme == "light" else {**day, **dict(TOKEN.findall(dark.partition("\n}")[0]))}


def linear(colour: str) -> Colour:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return red, green, blue


def times(matrix: tuple[Colour, ...], vector: Colour) -> Colour:
    first, second, third = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return first, second, third


def contrast(one: str, other: str) -> float:
    dark, light = sorted(times(TO_XYZ, linear(colour))[1] for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(light: Colour) -> Colour:
    held = tuple(min(max(part, 0.0), 1.0) for part in light)
    ratios = [x / w for x, w in zip(times(TO_XYZ, (held[0], held[1], held[2])), WHITE, strict=True)]
    x, y, z = (r ** (1 / 3) if r > (6 / 29) ** 3 else r / (3 * (6 / 29) ** 2) + 4 / 29 for r in ratios)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one: str, other: str, eyes: str) -> float:
    """Give how far apart two colours look (CIE 1976), to eyes that may miss a cone."""
    seen = (lab(times(EYES[eyes], linear(colour))) for colour in (one, other))
    return float(sum((a - b) ** 2 for a, b in zip(*seen, strict=True)) ** 0.5)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(scheme: str) -> None:
    known = tokens(scheme)
    assert [(a, b) for a, b in TEXTS if contrast(known[a], known[b]) < 4.5] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_controls_and_signs_are_seen(scheme: str) -> None:
    known = tokens(scheme)
    assert [(a, b) for a, b in CONTROLS if contrast(known[a], known[b]) < 3] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("eyes", EYES)
def test_every_two_stages_are_told_apart(scheme: str, eyes: str) -> None:
    known = tokens(scheme)
    pairs = itertools.combinations(STAGES, 2)
    assert [(a, b) for a, b in pairs if distance(known[a], known[b], eyes) < 12] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_riper_stage_is_darker_so_that_grey_keeps_the_order(scheme: str) -> None:
    lightness = [lab(linear(tokens(scheme)[stage]))[0] for stage in STAGES]
    steps = [earlier - later for earlier, later in itertools.pairwise(lightness)]
    assert min(steps) >= 7


def test_the_measures_agree_with_what_is_known_of_them() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21, abs=0.01)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert lab(linear("#ff0000")) == pytest.approx((53.24, 80.09, 67.20), abs=0.05)
