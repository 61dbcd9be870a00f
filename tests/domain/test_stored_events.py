"""Golden files: what was stored once is read for ever, to the same body and the same bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from application.codec import BODIES, EventMapper, LogEvent, decode
from domain.record import Body, Envelope, Pending
from tests.scenarios import CASE

FOLDER = Path(__file__).parents[1] / "stored_events"


@pytest.mark.parametrize("name", sorted(BODIES))
def test_a_stored_event_reads_and_writes_the_same(name: str) -> None:
    golden = (FOLDER / f"{name}.json").read_bytes().rstrip(b"\n")
    state = decode(name, golden)
    envelope = Envelope(**{field: getattr(state, field) for field in Envelope.__struct_fields__})
    pending = Pending(
        originator_id=CASE, originator_version=1, region="KA", command_id=CASE, envelope=envelope, body=state.body
    )
    stored = EventMapper().to_stored_event(pending)
    assert isinstance(stored, LogEvent)
    assert (stored.topic, stored.state) == (name, golden)
    assert type(state.body) is BODIES[name]


def test_every_golden_file_is_of_a_name_we_know() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(BODIES)


def test_no_event_is_missing_from_what_the_folds_must_know() -> None:
    assert set(Body.__subclasses__()) == set(BODIES.values())
