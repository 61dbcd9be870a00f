"""Drafts: what somebody typed into a form and has not sent yet. Bounded in size and number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from adapters.postgres.connect import lent
from adapters.postgres.event_log import Pool

DRAFTS_MAX = 20
DRAFT_BYTES_MAX = 1024 * 1024  # as much as a form may send
SAVE = """
    INSERT INTO desk.drafts (person, form, fields, saved_at)
    SELECT %(person)s, %(form)s, %(fields)s, clock_timestamp()
    WHERE (SELECT count(*) FROM desk.drafts WHERE person = %(person)s AND form <> %(form)s) < %(most)s
    ON CONFLICT (person, form) DO UPDATE SET fields = excluded.fields, saved_at = excluded.saved_at
"""
LIST = "SELECT form, saved_at FROM desk.drafts WHERE person = %(person)s ORDER BY saved_at DESC"
FIND = "SELECT fields, saved_at FROM desk.drafts WHERE person = %(person)s AND form = %(form)s"
DROP = "DELETE FROM desk.drafts WHERE person = %(person)s AND form = %(form)s"
Fields = Sequence[tuple[str, str]]


class DraftTooLarge(Exception):
    """More was typed than a draft keeps."""


class TooManyDrafts(Exception):
    """A person has as many drafts as she may."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed, and when it was saved."""

    fields: Fields
    saved_at: datetime


async def save_draft(pool: Pool, person: UUID, form: str, fields: Fields) -> None:
    """Keep what somebody typed into a form; raises DraftTooLarge and TooManyDrafts."""
    text = msgspec.json.encode(fields).decode()
    if len(text.encode()) > DRAFT_BYTES_MAX:
        raise DraftTooLarge
    async with lent(pool) as connection:
        given = {"person": person, "form": form, "fields": text, "most": DRAFTS_MAX}
        if (await connection.execute(SAVE, given)).rowcount == 0:
            raise TooManyDrafts


async def list_drafts(pool: Pool, person: UUID) -> Sequence[tuple[str, datetime]]:
    """Give the address of every form somebody has a draft of, and when it was saved; the last saved first."""
    async with lent(pool) as connection:
        return await (await connection.execute(LIST, {"person": person})).fetchall()


async def find_draft(pool: Pool, person: UUID, form: str) -> Draft | None:
    """Give what somebody typed into a form before."""
    async with lent(pool) as connection:
        row = await (await connection.execute(FIND, {"person": person, "form": form})).fetchone()
    return None if row is None else Draft(msgspec.json.decode(row[0], type=list[tuple[str, str]]), row[1])


async def drop_draft(pool: Pool, person: UUID, form: str) -> None:
    """Forget what somebody typed into a form."""
    async with lent(pool) as connection:
        await connection.execute(DROP, {"person": person, "form": form})
