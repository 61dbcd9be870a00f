"""Names as they are shown: kept for some seconds, never lost on the way."""

from __future__ import annotations

from uuid import UUID

import pytest

from adapters.postgres import directory
from adapters.postgres.connect import connect
from adapters.postgres.directory import PersonNames, enter_person
from adapters.postgres.event_log import Pool


async def test_when_more_names_are_known_than_are_kept_none_that_was_asked_for_is_missing(
    database_url: str, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "NAMES_KEPT_MAX", 3)
    called = {str(UUID(int=n)): f"Orang {n}" for n in range(8)}
    with connect(database_url) as connection:
        for person, name in called.items():
            enter_person(connection, UUID(person), name)
    names, persons = PersonNames(pool), list(called)
    assert list(await names.of(persons[:3])) == persons[:3]
    assert list((await names.of([*persons[3:6], *persons[:3], "0" * 32])).items()) == [
        (person, called[person]) for person in (*persons[3:6], *persons[:3])
    ]


async def test_names_nobody_asks_for_any_more_make_room(
    database_url: str, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "NAMES_KEPT_MAX", 3)
    monkeypatch.setattr(directory, "FRESH_SECONDS", 0.0)
    with connect(database_url) as connection:
        for n in range(8):
            enter_person(connection, UUID(int=n), f"Orang {n}")
    names = PersonNames(pool)
    for n in range(8):
        assert await names.of([str(UUID(int=n))]) == {str(UUID(int=n)): f"Orang {n}"}
    assert len(names._kept) <= 3
