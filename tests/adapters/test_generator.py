"""A generated log: the same for the same seed, every branch in it, and its views are those of any other log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from adapters.demo.generator import LogInUse, generate
from adapters.demo.governments import MARK
from adapters.files.store import EvidenceStore
from adapters.postgres.directory import is_marked
from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.projector import Projector
from adapters.postgres.rebuild import ensure_built, rebuild
from adapters.wiring import Desk, all_views, open_desk
from application.views.register import REGISTER
from domain.codes import Place
from domain.innovation import events as e
from tests.adapters.test_demonstration import log_digest

CASES = 150
NewDesk = Callable[[], Desk]


@pytest.fixture
def new_desk(server: EmbeddedPostgres, tmp_path: Path) -> Iterator[NewDesk]:
    """Give desks, each on an empty database of its own."""
    names = iter(f"generated_{n}" for n in range(10))
    with psycopg.connect(server.url, autocommit=True) as connection, ExitStack() as stack:

        def opened() -> Desk:
            name = next(names)
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template_jejak".encode())
            stack.callback(connection.execute, f"DROP DATABASE {name} WITH (FORCE)".encode())
            url = server.url.replace("/jejak?", f"/{name}?")
            return stack.enter_context(open_desk(url, EvidenceStore(tmp_path / name)))

        yield opened


def test_the_same_seed_gives_the_same_log_and_another_seed_another(new_desk: NewDesk) -> None:
    digests = []
    for seed in (1, 1, 2):
        desk = new_desk()
        generate(desk, 20, seed)
        digests.append(log_digest(desk))
    assert digests[0] == digests[1] != digests[2]


UP_TO_THE_PILOT = (
    e.IdeaRegistered,
    e.ProfileRevised,
    e.RevisionAnswered,
    e.TeamMemberAdded,
    e.LeadHandedOver,
    e.IdeaSubmitted,
    e.IdeaReviewed,
    e.RevisionRequested,
    e.AgencyEndorsed,
    e.AgencyReturned,
    e.PilotApproved,
    e.IdeaRejected,
    e.IdeaDeferred,
    e.PilotStarted,
    e.EvidenceAttached,
    e.EvidenceWithdrawn,
    e.LegalBasisAttached,
    e.PlanLinked,
    e.PartnerInvited,
    e.PartnershipAccepted,
    e.PartnerWithdrawn,
    e.CoachAssigned,
    e.TransferOffered,
    e.OwnershipTransferred,
    e.InnovationSuspended,
    e.InnovationResumed,
    e.InnovationStopped,
    e.InnovationReopened,
    e.DecisionRescinded,
    e.RecordCorrected,
    e.CasePublished,
    e.CaseUnpublished,
    e.DutyWaiverGranted,
)


def test_every_place_is_reached_and_every_move_made(new_desk: NewDesk) -> None:
    desk = new_desk()
    heard: list[tuple[int, int]] = []
    head = generate(desk, CASES, 7, lambda done, of: heard.append((done, of)))
    assert heard[-1] == (CASES, CASES)
    rows = desk.connection.execute("SELECT DISTINCT stored_name FROM log.events").fetchall()
    told = {name for (name,) in rows}
    usual = {body.stored_as for body in UP_TO_THE_PILOT}
    assert usual - told == set()
    url = desk.connection.info.dsn
    Projector(url, all_views()).catch_up()
    stand = desk.connection.execute(
        f"SELECT DISTINCT stage || '/' || status FROM view.{REGISTER.table}".encode()
    ).fetchall()
    assert {Place.IDEA_DRAFT, Place.PILOT_APPROVED, Place.PILOT_RUNNING, Place.CLOSED_REJECTED} <= {p for (p,) in stand}
    assert head == desk.recorder.max_notification_id()
    assert is_marked(desk.connection, MARK)


def test_live_views_of_a_generated_log_equal_rebuilt_ones(new_desk: NewDesk) -> None:
    desk = new_desk()
    url = desk.connection.info.dsn
    ensure_built(url, all_views())
    head = generate(desk, CASES, 3)
    assert Projector(url, all_views()).catch_up() == head
    assert [(r.equal, r.position) for r in rebuild(url, all_views())] == [(True, head)] * len(all_views())


def test_a_log_that_holds_anything_is_refused(new_desk: NewDesk) -> None:
    desk = new_desk()
    generate(desk, 1, 1)
    before = log_digest(desk)
    with pytest.raises(LogInUse):
        generate(desk, 1, 1)
    assert log_digest(desk) == before
