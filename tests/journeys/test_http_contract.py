"""What holds at every address: nothing asked is dropped in silence, nobody reads before her own writes or after her time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from adapters.files.store import EvidenceStore
from adapters.http import openapi
from tests.databases import token_of
from tests.journeys.conftest import House, opened, who
from tests.journeys.test_idea_to_pilot import IDEA, a_submitted_idea, an_endorsed_idea, an_idea

DECISION = {"choice": "approve", "reason": "Layak."}


def addresses() -> Iterator[tuple[str, str]]:
    """Give every documented method and path, about what is not there."""
    for path, verbs in openapi.document()["paths"].items():
        for verb in verbs:
            there = path.format(id=uuid4(), rulebook_id="process-2026", version=1) if "{" in path else path
            yield verb.upper(), there.removeprefix("/api/v1")


async def test_no_address_drops_a_parameter_it_does_not_know(house: House) -> None:
    dropped = []
    for method, path in addresses():
        answer = await house.as_("ani", method, f"{path}?foo=1")
        if (answer.status_code, answer.json().get("code")) != (422, "query.unknown"):
            dropped.append((method, path, answer.text))
    for path in ("/health/live", "/health/ready", "/metrics", "/api/docs", "/api/openapi.json"):
        dropped += [("GET", path, "")] if (await house.client.get(f"{path}?foo=1")).status_code != 422 else []
    assert dropped == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/events?as_of=2026-01-01", "query.unknown"),
        ("/worklist?limit=0&foo=1", "query.unknown"),
        ("/rulebooks?limit=1", "query.unknown"),
        ("/innovations?limit=1&limit=2", "query.twice"),
        ("/innovations?stage=ide", "query.choice"),
        ("/innovations?status=requested", "query.choice"),
        ("/replications?status=draft", "query.choice"),
        ("/evaluations?status=running", "query.choice"),
        ("/innovations?sort=age", "query.choice"),
        ("/innovations?limit=null", "query.number"),
        ("/innovations?limit=1.0", "query.number"),
        ("/events?after=%2B1", "query.number_least"),
        ("/innovations/{case}/actions?version=1", "query.unknown"),
        ("/innovations/{case}/actions?acting_for=%00", "json.unfit_character"),
        ("/innovations/{case}/diff?from=1", "input.required"),
        ("/innovations/{case}/diff?from=1&to=2", "query.number"),
    ],
)
async def test_what_does_not_fit_is_said(house: House, path: str, code: str) -> None:
    answer = await house.as_("ani", "GET", path.format(case=await an_idea(house)))
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_what_a_form_leaves_empty_is_not_asked(house: House) -> None:
    case = await an_idea(house)
    position = (await house.as_("ani", "GET", f"/innovations/{case}")).headers["Jejak-Position"]
    empty = "?stage=&status=&region=&agency=&affair=&q=&sort=&limit=&cursor=&as_of="
    listed = await house.get("ani", f"/innovations{empty}", headers={"Jejak-Min-Position": position})
    assert [item["id"] for item in listed["items"]] == [case]
    assert (await house.get("ani", f"/innovations/{case}?version=&as_of="))["version"] == 1


async def test_a_version_out_of_range_is_told_the_range(house: House) -> None:
    case = await an_idea(house)
    said = [
        (await house.as_("ani", "GET", f"/innovations/{case}?version={version}")).json()["detail"] for version in (0, 2)
    ]
    assert said == ['"version" harus berupa angka, paling kecil 1.', '"version" harus berupa angka dari 1 sampai 1.']


# Read your writes


async def test_every_read_waits_for_the_position_it_is_given(house: House) -> None:
    reads = [path for method, path in addresses() if method == "GET"]
    await house.get("ani", "/worklist")
    for wanted, status in (("x", 400), ("-1", 400), ("", 400), ("999999999", 503)):
        answers = await asyncio.gather(
            *(house.as_("ani", "GET", path, headers={"Jejak-Min-Position": wanted}) for path in reads)
        )
        assert {path: answer.status_code for path, answer in zip(reads, answers, strict=True)} == dict.fromkeys(
            reads, status
        )
        assert status == 400 or all(answer.headers["Retry-After"] == "2" for answer in answers)


async def test_a_read_of_streams_does_not_wait_for_the_views(still_house: House) -> None:
    case = await an_idea(still_house)
    position = {"Jejak-Min-Position": (await still_house.get("ani", f"/innovations/{case}/history"))["position"]}
    position = {name: str(value) for name, value in position.items()}
    await still_house.get("ani", f"/innovations/{case}", headers=position)
    listed = await still_house.as_("ani", "GET", "/innovations", headers=position)
    assert (listed.status_code, listed.json()["code"]) == (503, "position.not_reached")


async def test_offices_as_of_a_moment_stand_at_its_position(house: House) -> None:
    case = await an_idea(house)
    born = (await house.get("ani", f"/innovations/{case}/history"))["items"][0]
    await house.moved("ani", case, "link-plan", plan="renja", code="1.02.01")
    offices = f"/persons/{who('ani')}/offices"
    then = await house.as_("ani", "GET", offices, params={"as_of": born["recorded_at"]})
    assert (then.json()["position"], then.headers["Jejak-Position"]) == (born["position"], str(born["position"]))
    assert (await house.get("ani", offices))["position"] == born["position"] + 1


# Preconditions


async def decide(house: House, case: str, *tags: str) -> httpx.Response:
    """Decide on versions, one line of If-Match each."""
    await house.get("sekda", "/worklist")
    headers = [("Authorization", f"Bearer {token_of('sekda')}"), *(("If-Match", tag) for tag in tags)]
    path = f"/api/v1/innovations/{case}/decide-pilot"
    return await house.client.post(path, json=DECISION, headers=headers)


@pytest.mark.parametrize(
    ("tags", "status"),
    [
        (('"1"', '"2"'), 412),
        (('"1", "2"',), 412),
        (('"1"', '"x"'), 412),
        (('W/"{now}"',), 412),
        (('"x"',), 412),
        (('"99999999999"',), 412),
        (('"1"', 'W/"1", x'), 400),
        (('"1", *',), 400),
        (('"1"', "*"), 400),
        (("",), 400),
        ((",",), 400),
        (('"1" "5"',), 400),
        (("*",), 428),
        (('"1", ,"{now}"',), 200),
        (('"1"', '"{now}"'), 200),
    ],
)
async def test_all_lines_of_if_match_count_together(house: House, tags: tuple[str, ...], status: int) -> None:
    case = await an_endorsed_idea(house)
    now = (await house.get("sekda", f"/innovations/{case}"))["version"]
    answer = await decide(house, case, *(tag.format(now=now) for tag in tags))
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("tag", "status"), [('"1"', 412), ("*", 412), ("1", 400)])
async def test_nothing_matches_what_is_yet_to_begin(house: House, tag: str, status: int) -> None:
    past: dict[str, Any] = {**IDEA, "place": "idea/draft", "source": "Arsip.", "agency": "ka-dinkes"}
    for by, path, body in (("ani", "", IDEA), ("koordinator", "/import-historical", past)):
        answer = await house.as_(by, "POST", f"/innovations{path}", json=body, headers={"If-Match": tag})
        assert answer.status_code == status
        assert answer.json()["code"] == ("precondition.nothing_yet" if status == 412 else "precondition.malformed")
    assert (await house.get("ani", "/innovations"))["items"] == []


async def test_who_lost_her_office_elsewhere_is_told_nothing_by_a_refusal(house: House, store: EvidenceStore) -> None:
    case = await a_submitted_idea(house)
    assert (await refused(house, case)) == [(412, "stale"), (403, "role.required"), (428, "precondition.required")]
    async with opened(house.url, store) as elsewhere:
        roles = (await elsewhere.get("admin", f"/persons/{who('lestari')}/offices"))["roles"]
        for role in roles:
            body = {"role": role["role"], "agency": role["agency"], "reason": "Pindah tugas."}
            answer = await elsewhere.as_("admin", "POST", f"/persons/{who('lestari')}/revoke-role", json=body)
            assert answer.status_code == 200, answer.text
    assert (await refused(house, case)) == [(404, "not_found")] * 3


async def refused(house: House, case: str) -> list[tuple[int, str]]:
    """Have somebody who may only read the case try to move it: on an old version, on none, and to decide."""
    told = {"kind": "people", "description": "Kurang."}
    tries: list[tuple[str, dict[str, Any], dict[str, str]]] = [
        ("record-obstacle", told, {"If-Match": '"1"'}),
        ("record-obstacle", told, {}),
        ("decide-pilot", DECISION, {}),
    ]
    answers = [
        await house.as_("lestari", "POST", f"/innovations/{case}/{command}", json=body, headers=headers)
        for command, body, headers in tries
    ]
    return [(answer.status_code, answer.json()["code"]) for answer in answers]


async def test_the_worklist_is_read_page_by_page(house: House) -> None:
    for n in range(3):
        case = await an_idea(house, title=f"Gagasan {n}")
    position = {"Jejak-Min-Position": str((await house.get("ani", f"/innovations/{case}/actions"))["position"])}
    whole = await house.get("ani", "/worklist", headers=position)
    assert (len(whole["items"]), whole["next"]) == (3, None)
    found, path = [], "/worklist?limit=1"
    while path:
        answer = await house.as_("ani", "GET", path)
        found += answer.json()["items"]
        link = answer.links.get("next", {}).get("url", "")
        assert bool(link) == (answer.json()["next"] is not None)
        path = link.removeprefix("/api/v1")
    assert found == whole["items"]
    assert (await house.as_("ani", "GET", "/worklist?cursor=x")).json()["code"] == "cursor.unknown"


# Addresses


async def test_an_address_is_a_whole_path(house: House) -> None:
    case = await an_idea(house)
    for method, path in (
        ("GET", "/innovations/"),
        ("GET", "/innovations%0a"),
        ("GET", f"/innovations/{case}/"),
        ("GET", f"/innovations/{case}%0a"),
        ("GET", "/rulebooks/process-2026/1%0a"),
        ("POST", f"/innovations/{case}/submit%0a"),
        ("POST", "/innovations/"),
    ):
        answer = await house.as_("ani", method, path, headers={"Host": "elsewhere.example"})
        assert (answer.status_code, "Location" in answer.headers) == (404, False), path
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_wrong_method_is_told_every_right_one(house: House) -> None:
    case = await an_idea(house)
    for path, allowed in (
        ("/innovations", "GET, HEAD, POST"),
        (f"/innovations/{case}/replications", "GET, HEAD, POST"),
        (f"/innovations/{case}/submit", "POST"),
        (f"/innovations/{case}/evidence", "PUT"),
        ("/sessions", "DELETE, POST"),
    ):
        answer = await house.as_("ani", "PATCH", path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)
