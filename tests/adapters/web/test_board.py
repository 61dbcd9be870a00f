"""What the dashboard is drawn from, and the words its lists need."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import Request

from adapters.catalogue import messages
from adapters.web.lists.board import groups_of, lane_of, owners_of, scale_of, short
from adapters.web.lists.panels import Board
from adapters.web.visit import Visit
from application.views.evaluations import CLOCKS
from application.views.replications import AWAITED as COPIES
from application.views.worklist import AWAITED as CASES
from domain.codes import Place, ReplicationStatus, Stage
from domain.innovation.profile import Profile
from domain.people import Agency, Region

HERE = Region(code="KA", name="Kabupaten A", zone="Asia/Jakarta")


def agency(id: str, name: str, **more: Any) -> Agency:
    return Agency(id=id, name=name, region=more.pop("region", "KA"), **more)


def test_agencies_of_a_government_are_without_units_and_strangers() -> None:
    known = [
        agency("b", "Dinas Sosial"),
        agency("a", "Bappeda"),
        agency("unit", "Puskesmas Melati", parent="b"),
        agency("outside", "Universitas", outside=True),
        agency("far", "Dinas Sosial", region="KB"),
    ]
    assert [one.id for one in owners_of({one.id: one for one in known}, HERE)] == ["a", "b"]


def test_agencies_whose_names_begin_alike_stand_together() -> None:
    owners = [agency("a", "Bappeda"), agency("b", "Dinas Sosial"), agency("c", "Dinas Perhubungan")]
    assert groups_of(owners, {"b": 4}) == [("Dinas", 1, 2), (None, 0, 1)]
    assert groups_of([], {}) == []


@pytest.mark.parametrize(("most", "ends"), [(None, 30), (12.0, 30), (31.0, 60), (366.0, 730), (731.0, 1095)])
def test_a_scale_ends_at_a_round_time_that_holds_all(most: float | None, ends: int) -> None:
    assert scale_of([None, most]) == ends


@pytest.mark.parametrize(
    ("status", "started", "steps", "ended"),
    [
        ("requested", None, 1, False),
        ("running", "2026-01-01", 5, False),
        ("confirmed", "2026-01-01", 7, False),
        ("declined", None, 1, True),
        ("abandoned", None, 2, True),
        ("abandoned", "2026-01-01", 5, True),
    ],
)
def test_a_lane_shows_the_steps_certainly_done(status: str, started: str | None, steps: int, ended: bool) -> None:
    lane = lane_of({"id": "1", "title": "Ojek", "status": status, "started_at": started}, "Dinas")
    assert (lane.steps, lane.ended) == (steps, ended)


@pytest.mark.parametrize(("groups", "said"), [(8, ""), (9, "; yang digambar 8 teratas dari 9, selengkapnya di tabel")])
def test_what_is_not_drawn_is_said(groups: int, said: str) -> None:
    found = [{"whom": f"Dinas {n}", "address": f"agency_head:{n}", "late": 2, "days": n} for n in range(groups)]
    panel = Board(Visit(request=Request({"type": "http"}), given=None, language="id"), {}).late(found)  # type: ignore[arg-type]
    assert (len(panel.items), len(panel.rows)) == (8, groups)
    assert panel.said.endswith(f"menurut siapa yang ditunggu{said}")


def test_a_long_name_is_cut_where_a_word_ends() -> None:
    assert short("Antrean Duduk di Puskesmas", 16) == "Antrean Duduk…"
    assert short("Antrean", 16) == "Antrean"


def test_every_task_place_and_field_has_its_words() -> None:
    tasks = {move.command for moves in CASES.values() for move in moves} | {"assign_coach"}
    tasks |= {f"replication.{move.command}" for moves in COPIES.values() for move in moves}
    tasks |= {f"evaluation.{command}" for command in CLOCKS}
    wanted = {f"list.{kind}.{task}" for kind in ("work", "do") for task in tasks}
    wanted |= {f"list.stage.{stage}" for stage in Stage} | {f"list.status.{place.status}" for place in Place}
    wanted |= {f"word.{place}" for place in Place} | {f"word.replication: {status}" for status in ReplicationStatus}
    wanted |= {f"list.field.{name}" for name in Profile.__struct_fields__}
    assert wanted - messages().keys() == set()
