"""JSON as the standard means it, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.http.strict_json import DEPTH_MAX, Malformed, parse


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"NaN", "json.not_a_number"),
        (b"[-Infinity]", "json.not_a_number"),
        (b'{"a": [1e999]}', "json.not_a_number"),
        (b'{"a": {"b": 1, "b": 1}}', "json.duplicate_key"),
        (b'{"\\u00e9": 1, "e\\u0301": 2}', "json.duplicate_key"),
        (b'{"a\\u0000": 1}', "json.unfit_character"),
        (b'["\\udfff"]', "json.unfit_character"),
        (b"\xff\xfe", "json.not_utf8"),
        (b'"\xed\xa0\x80"', "json.not_utf8"),
        (b"\xef\xbb\xbf{}", "json.invalid"),
        (b"{} {}", "json.invalid"),
        (b"{'a': 1}", "json.invalid"),
        (b"[1,]", "json.invalid"),
        (b'"a\nb"', "json.invalid"),
        (b"", "json.invalid"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "json.too_deep"),
    ],
)
def test_what_other_parsers_let_slip_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse(body)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ('{"title": "Jum\'at 😀 é"}'.encode(), {"title": "Jum'at 😀 é"}),
        (b'["\\ud83d\\ude00", 1, 1.5, true, null, {}]', ["😀", 1, 1.5, True, None, {}]),
    ],
)
def test_what_is_right_is_read_as_it_is(body: bytes, value: Any) -> None:
    assert parse(body) == value


def test_every_text_is_read_in_one_spelling() -> None:
    assert (
        parse(b'{"title": ["Cafe\\u0301"]}') == parse('{"title": ["Cafe\u0301"]}'.encode()) == {"title": ["Caf\u00e9"]}
    )


def test_the_depth_counts_objects_and_lists_only() -> None:
    parse(b"[" * DEPTH_MAX + b"1" + b"]" * DEPTH_MAX)
    with pytest.raises(Malformed):
        parse(b"[" * (DEPTH_MAX + 1) + b"]" * (DEPTH_MAX + 1))
