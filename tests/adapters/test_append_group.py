"""Groups of several units: what their writer is told, and what is never written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import TupleRow

from adapters.postgres.connect import connect
from adapters.postgres.directory import enter_account, enter_agency, enter_person, enter_region, read_directory
from adapters.postgres.recorder import LogRecorder
from adapters.postgres.units import Prepared, append_group
from application.ledger import Ledger, LedgerLog, finish
from application.ports import Claim, Numbering, ReceiptKey, Unit
from domain.people import Agency, Region
from domain.record import Recorded
from tests.adapters.test_event_log import a_unit
from tests.scenarios import ANI

JAKARTA = "Asia/Jakarta"
Service = psycopg.Connection[TupleRow]


@pytest.fixture
def service(database_url: str) -> Iterator[Service]:
    with connect(database_url, "jejak_service") as connection:
        yield connection


def send(service: Service, *group: Unit) -> list[tuple[Any, ...]]:
    statement, arguments = append_group([Prepared.of(unit) for unit in group])
    return service.execute(statement.encode(), arguments).fetchall()


def refused(service: Service, *group: Unit) -> str | None:
    with pytest.raises(psycopg.DatabaseError) as refusal:
        send(service, *group)
    assert service.execute("SELECT count(*) FROM log.events").fetchone() == (0,)
    return refusal.value.sqlstate


def titled(stream: UUID) -> Claim:
    return Claim("title", "KA", "antrean", stream)


def test_a_gap_or_a_turn_in_the_versions_is_refused(service: Service) -> None:
    whole = a_unit(events=3)
    assert refused(service, replace(whole, events=whole.events[::2])) == "JJ003"
    assert refused(service, replace(whole, events=whole.events[::-1])) == "JJ003"


def test_two_units_of_a_group_cannot_take_the_same_claim(service: Service) -> None:
    mine, yours = uuid4(), uuid4()
    assert refused(service, a_unit(mine, claims=(titled(mine),)), a_unit(yours, claims=(titled(yours),))) == "JJ003"


def test_a_unit_cannot_claim_past_the_limit_by_claiming_twice(service: Service) -> None:
    mine, yours = uuid4(), uuid4()
    ((_, verdict, _),) = send(service, a_unit(mine, claims=(titled(mine), titled(yours))))
    assert verdict == "claimed"


def test_a_unit_cannot_write_what_another_of_its_group_has_read(service: Service) -> None:
    office = uuid4()
    assert refused(service, a_unit(office), a_unit(reads={office: 0})) == "JJ003"


def test_every_refused_unit_is_named_and_its_first_reason_counts(service: Service) -> None:
    mine, yours, hers = uuid4(), uuid4(), uuid4()
    key, other = ReceiptKey(ANI, "k", b"1"), ReceiptKey(ANI, "o", b"1")
    done = a_unit(receipt=key)
    send(service, done, a_unit(hers, receipt=other), a_unit(mine, claims=(titled(mine),)))
    reused = a_unit(receipt=replace(other, request_hash=b"2"))
    answers = send(service, a_unit(), done, a_unit(hers), a_unit(yours, claims=(titled(yours),)), reused)
    first = {unit: verdict for unit, verdict, _ in reversed(answers)}
    assert first == {2: "already_done", 3: "stale", 4: "claimed", 5: "key_reused"}
    assert service.execute("SELECT count(*) FROM log.events").fetchone() == (3,)


def test_only_the_first_new_stream_of_a_unit_bears_the_case_number(service: Service) -> None:
    one, two = a_unit(events=2), a_unit()
    send(service, replace(one, events=one.events + two.events, numbering=Numbering("KA", JAKARTA)))
    numbers = [row[0] for row in service.execute("SELECT case_number FROM log.events ORDER BY position")]
    assert numbers == [f"KA-{datetime.now(UTC) + timedelta(hours=7):%Y}-0001", None, None]


def test_a_number_is_not_spent_on_a_unit_without_a_new_stream(service: Service) -> None:
    send(service, first := a_unit())
    with pytest.raises(psycopg.errors.NotNullViolation):
        send(service, a_unit(first.events[0].originator_id, 2, numbering=Numbering("KA", JAKARTA)))
    assert service.execute("SELECT count(*) FROM log.claims").fetchone() == (0,)


def test_numbers_run_through_a_group_and_past_four_digits(service: Service, database_url: str) -> None:
    year = f"{datetime.now(UTC) + timedelta(hours=7):%Y}"
    with connect(database_url) as owner:
        owner.execute(
            "INSERT INTO log.claims (kind, scope, value, n, stream) VALUES ('case_number', %s, '', 9998, %s)",
            [f"KA-{year}", uuid4()],
        )
    send(service, *(a_unit(numbering=Numbering("KA", JAKARTA)) for _ in range(3)))
    numbers = [row[0] for row in service.execute("SELECT case_number FROM log.events ORDER BY position")]
    assert numbers == [f"KA-{year}-9999", f"KA-{year}-10000", f"KA-{year}-10001"]


def test_the_year_of_a_number_is_the_regions_own(database_url: str) -> None:
    with connect(database_url) as owner:
        log = LedgerLog(Ledger(LogRecorder(owner)))
        log.at(datetime(2025, 12, 31, 16, 0, tzinfo=UTC))
        jayapura = finish(log.append(a_unit(numbering=Numbering("JP", "Asia/Jayapura"))))
        jakarta = finish(log.append(a_unit(numbering=Numbering("KA", JAKARTA))))
        assert (jayapura.case_number, jakarta.case_number) == ("JP-2026-0001", "KA-2025-0001")


def test_a_scripted_moment_does_not_go_back(database_url: str) -> None:
    with connect(database_url) as owner:
        log = LedgerLog(Ledger(LogRecorder(owner)))
        log.at(datetime(2025, 12, 1, tzinfo=UTC))
        finish(log.append(a_unit()))
        log.at(datetime(2025, 11, 1, tzinfo=UTC))
        with pytest.raises(psycopg.DatabaseError, match="before the last"):
            finish(log.append(a_unit()))
        assert finish(log.head()) == 1


def test_recorded_at_never_goes_back_even_when_the_clock_does(database_url: str) -> None:
    with connect(database_url) as owner:
        log = LedgerLog(Ledger(LogRecorder(owner)))
        ahead = datetime.now(UTC) + timedelta(hours=1)
        log.at(ahead)
        finish(log.append(a_unit()))
        log.at(None)
        assert finish(log.append(a_unit())).recorded_at == ahead


def test_the_service_does_not_script_and_the_projector_sees_no_accounts(database_url: str, service: Service) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _scripted(service).append(a_unit())
    with connect(database_url, "jejak_projector") as projector:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            projector.execute("SELECT password_hash FROM directory.accounts")
        assert projector.execute("SELECT count(*) FROM log.events").fetchone() == (0,)


def _scripted(connection: Service) -> LogRecorder:
    recorder = LogRecorder(connection)
    recorder.scripted_at = datetime(2025, 12, 1, tzinfo=UTC)
    return recorder


def test_the_librarys_repository_folds_what_was_appended(database_url: str) -> None:
    def count(seen: Any, events: Any) -> Any:
        found: list[Recorded] = list(events)
        return len(found) or seen

    with connect(database_url) as owner:
        ledger = Ledger(LogRecorder(owner))
        written = finish(LedgerLog(ledger).append(a_unit(events=3)))
        stream = written.ranges[0].stream
        folded: Any = ledger.repository.get(stream, projector_func=count)
        earlier: Any = ledger.repository.get(stream, version=2, projector_func=count)
        assert (folded, earlier) == (3, 2)


def test_the_directory_is_read_as_it_was_entered(database_url: str) -> None:
    region, agency = Region(code="KA", name="Kabupaten A", zone=JAKARTA), Agency(id="d", name="Dinas", region="KA")
    with connect(database_url) as owner:
        enter_region(owner, region)
        enter_agency(owner, agency)
        enter_person(owner, ANI, "Ani")
        enter_account(owner, "ani", ANI, None)
        enter_account(owner, "ani2", ANI, None)
        directory = read_directory(owner)
    assert directory.regions == {"KA": region}
    assert directory.agencies["d"].name == "Dinas"


def test_a_page_of_some_names_is_full_while_more_follow(database_url: str) -> None:
    with connect(database_url) as owner:
        recorder = LogRecorder(owner)
        for _ in range(3):
            finish(LedgerLog(Ledger(recorder)).append(a_unit(events=3)))
        page = recorder.select_notifications(1, 2, topics=["innovation.idea_registered.v1"])
        assert [n.id for n in page] == [1, 4]


@pytest.mark.parametrize(
    "odd", ['"', "\\", '\\"', "{a,b}", "NULL", "null", "a,b", " x ", "'; --", "\\x41", "ş\u200f🙂", "%s", ""]
)
def test_odd_words_are_written_as_they_are(service: Service, odd: str) -> None:
    stream, key = uuid4(), ReceiptKey(ANI, odd or "k", odd.encode())
    unit = a_unit(stream, receipt=key, claims=(Claim("title", "KA", odd, stream),))
    ((_, verdict, _),) = send(service, unit)
    assert verdict == "written"
    assert service.execute("SELECT key, request_hash FROM log.receipts").fetchall() == [(key.key, odd.encode())]
    assert service.execute("SELECT value FROM log.claims").fetchall() == [(odd,)]
    assert next(verdict for _, verdict, _ in send(service, unit)) == "already_done"
