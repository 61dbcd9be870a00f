"""A log made larger by copies of its lives: one SQL statement a copy, where deciding them again would take hours.

Every id the generator drew (UUIDv7) gets the position before the copy in its last 32 bits of chance, in the columns and
in the events alike, so a copied case, its replications and its evaluations belong together as the first ones do. (In
fewer bits an id might bear that number by chance.) People keep their ids, offices are not copied, case numbers go on
beyond the first ones. Copies follow one another by position.
"""

from __future__ import annotations

from collections.abc import Callable

import psycopg

from adapters.postgres.connect import connect

COPY = r"""
INSERT INTO log.events (position, stream, version, stored_name, region, recorded_at, command_id, case_number, state)
SELECT %(head)s + row_number() OVER (ORDER BY position),
       regexp_replace(stream::text, %(id)s, %(copied)s)::uuid,
       version,
       stored_name,
       region,
       %(last)s + (recorded_at - %(first)s) / 1000,
       regexp_replace(command_id::text, %(id)s, %(copied)s)::uuid,
       regexp_replace(case_number, '\d+$', '')
           || (substring(case_number FROM '\d+$')::bigint + %(numbers)s),
       convert_to(regexp_replace(convert_from(state, 'UTF8'), %(id)s, %(copied)s, 'g'), 'UTF8')
FROM log.events
WHERE position <= %(source)s AND substr(stream::text, 15, 1) = '7'
ORDER BY position
LIMIT %(wanted)s
"""
ID = "([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{4})[0-9a-f]{8}"
NUMBERS_OF_A_COPY = 1_000_000
LOG = "SELECT max(position), min(recorded_at), max(recorded_at) FROM log.events"


def enlarge(
    url: str, events: int, progress: Callable[[int], None] = lambda _head: None, *, generated: int | None = None
) -> int:
    """Copy the lives of a generated log until it holds so many events, and give its last position.

    Of a log that was made larger before, the first `generated` events are copied again.

    The log's owner writes here, past `append_group`: only ever in a database made to be measured and thrown away.
    """
    with connect(url) as connection:
        head, first, _ = _log(connection)
        source = generated or head
        while head < events:
            head, _, last = _log(connection)
            told = {
                "head": head,
                "id": ID,
                "copied": rf"\1{head:08x}",
                "last": last,
                "first": first,
                "numbers": head * NUMBERS_OF_A_COPY,
                "source": source,
                "wanted": events - head,
            }
            connection.execute(COPY.encode(), told)
            head = _log(connection)[0]
            progress(head)
        connection.execute("VACUUM ANALYZE log.events")
    return head


def _log(connection: psycopg.Connection[tuple[object, ...]]) -> tuple[int, object, object]:
    row = connection.execute(LOG).fetchone()
    assert row is not None
    return int(str(row[0])), row[1], row[2]
