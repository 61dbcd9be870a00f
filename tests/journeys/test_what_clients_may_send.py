"""Whatever a client sends gets an answer that fits, never a failure of ours; and `actions` never lies."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from adapters.demo.governments import person_id
from adapters.http.examples import EXAMPLES, PERSON
from domain.office.state import stream_of
from tests.journeys.conftest import House, who
from tests.journeys.test_idea_to_pilot import TOLD, a_submitted_idea, an_endorsed_idea, an_idea

MOVING = frozenset({"decide_pilot.approve", "decide_pilot.reject", "suspend", "stop", "rescind_decision"})
REFUSED = {400, 403, 404, 409, 412, 413, 415, 422, 428}
ODD: list[Any] = [
    None, True, -1, 0, 1.5, 10**30, "", " ", "x" * 50_000, "2026-02-30", "0001-01-01", "9999-12-31", PERSON, [], [None], {}, {"": {}}
]  # fmt: skip


def example(code: str) -> dict[str, Any]:
    return {name: who("citra") if value == PERSON else value for name, value in EXAMPLES[code].items()}


async def test_a_blocked_row_is_refused_with_the_code_that_was_told(house: House) -> None:
    lies = []
    for case in (await a_submitted_idea(house), await _another_endorsed(house)):
        for caller in ("ani", "budi", "citra", "dewi", "sekda", "koordinator", "inspektur"):
            actions = await house.get(caller, f"/innovations/{case}/actions")
            headers = {"If-Match": f'"{actions["version"]}"'}
            for action in actions["items"]:
                if action["allowed"]:
                    continue
                code = f"{action['command']}.{action['choice']}" if action["choice"] else action["command"]
                path = action["href"].removeprefix("/api/v1")
                answer = await house.as_(caller, "POST", path, json=example(code), headers=headers)
                told = action["blockers"][0]
                if answer.json()["code"] != told["code"] or answer.json()["detail"] != told["message"]:
                    lies.append((caller, code, told, answer.text))
    assert lies == []


async def _another_endorsed(house: House) -> str:
    case = await an_idea(house, title="Yang kedua")
    await house.moved("koordinator", case, "assign-coach", person=who("citra"))
    await house.moved("ani", case, "revise-profile", **TOLD)
    await house.moved("ani", case, "submit", pledge=True)
    await house.moved("budi", case, "endorse", choice="endorse", reason="Sejalan.")
    return case


@pytest.mark.parametrize("caller", ["ani", "sekda", "koordinator"])
async def test_odd_values_in_every_field_are_refused_or_taken_but_never_break_anything(
    house: House, caller: str
) -> None:
    case = await an_endorsed_idea(house)
    broken, version = [], 0
    actions = (await house.get(caller, f"/innovations/{case}/actions"))["items"]
    allowed = [f"{a['command']}.{a['choice']}" if a["choice"] else a["command"] for a in actions if a["allowed"]]
    for code in sorted(allowed, key=MOVING.__contains__):
        for field in (*EXAMPLES[code], "occurred_on", "evidence", "legal_basis", "note", "acting_for"):
            for value in ODD:
                version = version or (await house.get("inspektur", f"/innovations/{case}"))["version"]
                path = f"/innovations/{case}/{code.partition('.')[0].replace('_', '-')}"
                body, headers = {**example(code), field: value}, {"If-Match": f'"{version}"'}
                answer = await house.as_(caller, "POST", path, json=body, headers=headers)
                if answer.status_code == 200:
                    version = answer.json()["version"]
                elif answer.status_code not in REFUSED:
                    broken.append((code, field, value, answer.status_code, answer.text[:200]))
    assert broken == []
    position = (await house.as_("inspektur", "GET", f"/innovations/{case}")).headers["Jejak-Position"]
    for path in (f"/innovations/{case}/history", "/innovations", "/worklist", "/events"):
        await house.get("inspektur", path, headers={"Jejak-Min-Position": position})


async def test_odd_values_at_birth_and_in_offices(house: House) -> None:
    broken = []
    targets = [("koordinator", "/innovations/import-historical", "import_historical")]
    targets += [
        ("admin", f"/persons/{who('maya')}/{code.replace('_', '-')}", code)
        for code in ("hold_office", "leave_office", "grant_role", "revoke_role", "grant_delegation", "end_delegation")
    ]
    for caller, path, code in targets:
        for field in (*EXAMPLES[code], "occurred_on", "lead", "region"):
            for value in ODD:
                answer = await house.as_(caller, "POST", path, json={**example(code), field: value})
                if answer.status_code not in REFUSED | {200, 201}:
                    broken.append((code, field, value, answer.status_code, answer.text[:200]))
    assert broken == []


ODD_PATHS = [
    ("/innovations/abc", 404), ("/innovations/%00", 404), ("/innovations/%ff/actions", 404), ("/nowhere", 404),
    ("/rulebooks/process-2026/x", 404), ("/rulebooks/x/1", 404), ("/persons/abc/offices", 404),
    ("/innovations?limit=0", 422), ("/innovations?limit=101", 422), ("/innovations?limit=%D9%A3", 422),
    ("/innovations?sort=age", 422), ("/innovations?colour=red", 422), ("/innovations?q=%00", 422),
    ("/innovations?cursor=zzz", 422), ("/innovations?cursor=%ff", 422), ("/innovations?q='%22%5C%3A*%26%7C!", 200),
    ("/innovations?stage=idea&status=&region=%F0%9F%98%80&agency=-&affair=", 200),
    ("/events?after=-1", 422), ("/events?limit=9999999999999999999999", 422), ("/events?after=999999999999999999", 200),
]  # fmt: skip


async def test_odd_paths_and_questions(house: House) -> None:
    for path, status in ODD_PATHS:
        answer = await house.as_("ani", "GET", path)
        assert answer.status_code == status, (path, answer.text)
        assert status == 200 or answer.headers["content-type"] == "application/problem+json", path
        assert answer.headers["Jejak-Position"].isdigit()
    wrong = await house.as_("ani", "DELETE", "/innovations")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    ("cut", "status"),
    [
        ("as_of=0001-01-01", 404), ("as_of=9999-12-31", 422), ("as_of=9999-12-31T23:59:59Z", 422), ("as_of=x", 422),
        ("as_of=2026-02-30", 422), ("as_of=0001-01-01T00:00:00%2B14:00", 404), ("as_of=2026-01-01T00:00:00", 422),
        ("as_of=%00", 422), ("version=0", 422), ("version=2", 422), ("version=1e1", 422), ("version=1&as_of=2026-01-01", 422),
    ],
)  # fmt: skip
async def test_odd_cut_offs(house: House, cut: str, status: int) -> None:
    case = await an_idea(house)
    assert (await house.as_("ani", "GET", f"/innovations/{case}?{cut}")).status_code == status
    assert (await house.as_("ani", "GET", f"/innovations/{case}/history?{cut}")).status_code in {200, 404, 422}


async def test_a_persons_stream_is_no_case(house: House) -> None:
    stream = stream_of(person_id("ani"))
    for path in ("", "/actions", "/history", "/diff?from=1&to=1"):
        assert (await house.as_("inspektur", "GET", f"/innovations/{stream}{path}")).status_code == 404
    assert (await house.as_("ani", "POST", f"/innovations/{stream}/submit", json={"pledge": True})).status_code == 404


async def test_headers_that_do_not_fit(house: House) -> None:
    case = await an_endorsed_idea(house)
    path, body = f"/innovations/{case}/decide-pilot", {"choice": "approve", "reason": "Layak."}
    for headers, status in (
        ({"If-Match": "*"}, 428),
        ({"If-Match": "3"}, 400),
        ({"If-Match": 'W/"3"'}, 412),
        ({"If-Match": '"99999999999999999999"'}, 412),
        ({"If-Match": '"999999999"'}, 412),
        ({"If-Match": '"1"', "Idempotency-Key": "x" * 201}, 400),
        ({"If-Match": '"1"', "Content-Type": "text/plain"}, 415),
        ({"If-Match": '"1"', "Content-Type": "application/json; charset=utf-16"}, 415),
        ({"If-Match": '"1"', "Content-Type": "application/json; charset=UTF-8"}, 412),
        ({"If-Match": '"1"', "Content-Encoding": "gzip"}, 415),
        ({"If-Match": '"1"', "Content-Range": "bytes 0-3/10"}, 400),
    ):
        answer = await house.as_("sekda", "POST", path, json=body, headers=headers)
        assert answer.status_code == status, (headers, answer.text)
    waiting = await house.as_("ani", "GET", "/innovations", headers={"Jejak-Min-Position": "-1"})
    assert waiting.status_code == 400
    waiting = await house.as_("ani", "GET", "/innovations", headers={"Jejak-Min-Position": "999999999"})
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (503, "2")


async def test_who_loses_the_race_is_told_what_happened_since(house: House) -> None:
    case = await an_endorsed_idea(house)
    version = (await house.get("sekda", f"/innovations/{case}"))["version"]
    answers = await asyncio.gather(
        *(
            house.as_(
                "sekda",
                "POST",
                f"/innovations/{case}/decide-pilot",
                json={"choice": choice, "reason": "Ya."},
                headers={"If-Match": f'"{version}"'},
            )
            for choice in ("approve", "reject", "defer")
        )
    )
    lost = [answer.json() for answer in answers if answer.status_code == 412]
    assert len(lost) == 2
    assert all(len(told["since"]) == 1 and told["version"] == version + 1 for told in lost)


async def test_many_at_once_without_a_version_all_get_their_turn(house: House) -> None:
    case = await an_idea(house)
    answers = await asyncio.gather(
        *(
            house.as_("ani", "POST", f"/innovations/{case}/link-plan", json={"plan": "renja", "code": f"1.02.{n}"})
            for n in range(20)
        )
    )
    assert [answer.status_code for answer in answers] == [200] * 20
    assert sorted(answer.json()["version"] for answer in answers) == list(range(2, 22))


async def test_only_who_may_attach_sends_bytes(house: House) -> None:
    case = await a_submitted_idea(house)
    for caller, status in (("inspektur", 403), ("lestari", 403), ("hasan", 404), ("citra", 200)):
        answer = await house.as_(caller, "PUT", f"/innovations/{case}/evidence", content=b"x")
        assert answer.status_code == status, caller
    odd = await house.as_("ani", "PUT", f"/innovations/{case}/evidence", content=b"x", headers={"Content-Type": "?"})
    assert odd.json()["media_type"] == "application/octet-stream"
    empty = await house.as_("ani", "PUT", f"/innovations/{case}/evidence", content=b"")
    assert (empty.status_code, empty.json()["code"]) == (422, "evidence.empty")


async def test_everybody_of_an_office_signs_in_from_one_place(house: House) -> None:
    names = ("ani", "ani2", "budi", "kartika", "citra", "koordinator", "sekda", "dewi", "maya", "lestari", "prov")
    for name in names:
        assert (await house.as_(name, "GET", "/worklist")).status_code == 200
    told = (await house.client.get("/metrics")).text
    assert 'route="/api/v1/worklist"' in told
