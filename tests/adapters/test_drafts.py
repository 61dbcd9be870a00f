"""Drafts: kept per person and form, the newest of each, no more than so many, no larger than a form."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest

from adapters.postgres.directory import enter_person
from adapters.postgres.drafts import (
    DRAFT_BYTES_MAX,
    DRAFTS_MAX,
    DraftTooLarge,
    TooManyDrafts,
    drop_draft,
    find_draft,
    list_drafts,
    save_draft,
)
from adapters.postgres.event_log import Pool

ANI, BUDI = UUID(int=1), UUID(int=2)
TYPED = [("title", "Jum'at \U0001f54c\u202e"), ("affairs", "URS-01"), ("affairs", "URS-02")]


@pytest.fixture(autouse=True)
def persons(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        enter_person(connection, ANI, "Ani")
        enter_person(connection, BUDI, "Budi")


async def test_a_draft_comes_back_as_it_was_typed_to_its_own_person_and_form(pool: Pool) -> None:
    await save_draft(pool, ANI, "/inovasi/baru", TYPED)
    await save_draft(pool, ANI, "/inovasi/KA-2026-0001/submit", [("pledge", "ya")])
    draft = await find_draft(pool, ANI, "/inovasi/baru")
    assert draft is not None
    assert list(draft.fields) == TYPED
    assert await find_draft(pool, BUDI, "/inovasi/baru") is None


async def test_the_newest_counts_and_a_dropped_one_is_gone(pool: Pool) -> None:
    await save_draft(pool, ANI, "/a", TYPED)
    await save_draft(pool, ANI, "/a", [("title", "Kedua")])
    draft = await find_draft(pool, ANI, "/a")
    assert draft is not None
    assert list(draft.fields) == [("title", "Kedua")]
    await drop_draft(pool, ANI, "/a")
    assert await find_draft(pool, ANI, "/a") is None


async def test_one_more_than_are_kept_is_refused_and_none_is_lost(pool: Pool) -> None:
    for n in range(DRAFTS_MAX):
        await save_draft(pool, ANI, f"/{n}", TYPED)
    with pytest.raises(TooManyDrafts):
        await save_draft(pool, ANI, "/more", TYPED)
    await save_draft(pool, ANI, "/0", TYPED)
    await save_draft(pool, BUDI, "/0", TYPED)
    assert [form for form, _ in await list_drafts(pool, ANI)] == [
        "/0",
        *(f"/{n}" for n in reversed(range(1, DRAFTS_MAX))),
    ]


async def test_what_is_too_large_is_refused_and_nothing_is_kept(pool: Pool) -> None:
    with pytest.raises(DraftTooLarge):
        await save_draft(pool, ANI, "/a", [("design", "x" * DRAFT_BYTES_MAX)])
    assert await find_draft(pool, ANI, "/a") is None
