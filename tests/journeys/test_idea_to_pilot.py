"""One case by the right people over HTTP, from idea to running pilot; and what others may not do."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest

from adapters.rulebooks.loader import load_rulebooks
from adapters.wiring import all_views
from tests.journeys.conftest import House, who

IDEA = {
    "title": "Antrean Jum'at Tanpa Berdiri",
    "problem": "Pasien lanjut usia berdiri dua jam.",
    "affairs": ["URS-02"],
    "initiator": "civil_servant",
}
TOLD: dict[str, Any] = {
    "design": "kata " * 300,
    "goals": "Antre di bawah 20 menit.",
    "benefits": "Lansia duduk.",
    "form": "public_service",
    "kind": "non_digital",
    "origin": "original",
    "inclusion": dict.fromkeys(load_rulebooks()[-1].inclusion_questions, "Ya, lewat musyawarah."),
}
PILOT: dict[str, Any] = {
    "place": "Puskesmas Melati",
    "target_group": "Lansia",
    "starts_on": "2026-04-01",
    "ends_on": "2026-09-30",
    "budget_source": "blud",
    "legal_basis": [{"type": "sk_agency_head", "number": "188/12/2026", "date": "2026-03-01"}],
    "indicators": [{"code": "antre", "name": "Lama antre", "unit": "menit", "baseline": 120, "target": 20}],
}


async def an_idea(house: House, by: str = "ani", **more: Any) -> str:
    answer = await house.as_(by, "POST", "/innovations", json={**IDEA, **more})
    assert answer.status_code == 201, answer.text
    assert answer.headers["ETag"] == '"1"'
    case: str = answer.json()["id"]
    assert answer.headers["Location"] == f"/api/v1/innovations/{case}"
    return case


async def a_submitted_idea(house: House) -> str:
    case = await an_idea(house)
    await house.moved("koordinator", case, "assign-coach", person=who("citra"))
    await house.moved("ani", case, "revise-profile", **TOLD)
    await house.moved("ani", case, "submit", pledge=True)
    return case


async def an_endorsed_idea(house: House, by: str = "budi") -> str:
    case = await a_submitted_idea(house)
    await house.moved(by, case, "endorse", choice="endorse", reason="Sejalan dengan renja.")
    return case


async def test_the_right_people_bring_an_idea_to_a_running_pilot(house: House) -> None:
    case = await an_idea(house)
    assert "submit.field_missing" in (await house.can("ani", case))["submit"]
    assert (await house.as_("budi", "GET", f"/innovations/{case}")).status_code == 200
    assert (await house.as_("lestari", "GET", f"/innovations/{case}")).status_code == 404
    await house.moved("koordinator", case, "assign-coach", person=who("citra"))
    await house.moved("ani", case, "revise-profile", **TOLD)
    assert (await house.can("ani", case))["submit"] == []
    await house.moved("ani", case, "submit", pledge=True)
    assert (await house.can("citra", case))["record_review"] == []
    asked = await house.moved(
        "citra",
        case,
        "request-revision",
        reason="Biaya belum jelas.",
        notes=[{"field": "design", "text": "Rinci biaya."}],
    )
    assert (asked["stage"], asked["status"]) == ("idea", "revision")
    assert (await house.can("ani", case))["submit"] == ["submit.note_unanswered"]
    (note,) = (await house.get("ani", f"/innovations/{case}"))["revision_notes"]
    await house.moved("ani", case, "revise-profile", answers=[{"note": note["id"], "text": "Biaya dirinci."}])
    await house.moved("ani", case, "submit", pledge=True)
    assert (await house.can("sekda", case))["decide_pilot.approve"] == ["place.not_here"]
    await house.moved("budi", case, "endorse", choice="endorse", reason="Sejalan dengan renja.")
    assert (await house.can("sekda", case))["decide_pilot.approve"] == []
    await house.moved("sekda", case, "decide-pilot", choice="defer", reason="Menunggu anggaran.")
    await house.moved("sekda", case, "decide-pilot", choice="approve", reason="Anggaran tersedia.")
    running = await house.moved("ani", case, "start-pilot", **PILOT)
    assert (running["stage"], running["status"]) == ("pilot", "running")
    story = await house.get("ani", f"/innovations/{case}/history")
    assert [e["summary"] for e in story["items"] if e["decision"]] == [
        "Perbaikan diminta",
        "Disahkan kepala perangkat daerah",
        "Keputusan ditunda",
        "Uji coba disetujui",
    ]
    assert all(e["reason"] for e in story["items"] if e["decision"])
    listed = await house.get(
        "sekda", "/innovations?q=antrean jumat", headers={"Jejak-Min-Position": str(running["position"])}
    )
    assert [row["id"] for row in listed["items"]] == []
    listed = await house.get(
        "sekda", "/innovations?q=antrean", headers={"Jejak-Min-Position": str(running["position"])}
    )
    assert [row["status"] for row in listed["items"]] == ["running"]


async def test_work_waits_on_the_right_desk(house: House) -> None:
    case = await a_submitted_idea(house)
    position = {"Jejak-Min-Position": (await house.as_("ani", "GET", f"/innovations/{case}")).headers["Jejak-Position"]}
    assert [w["command"] for w in (await house.get("budi", "/worklist", headers=position))["items"]] == ["endorse"]
    assert [w["command"] for w in (await house.get("kartika", "/worklist"))["items"]] == ["endorse"]
    assert [w["command"] for w in (await house.get("citra", "/worklist"))["items"]] == ["record_review"]
    assert (await house.get("sekda", "/worklist"))["items"] == []


async def test_nobody_decides_on_her_own_idea(house: House) -> None:
    case = await a_submitted_idea(house)
    refused = await house.move("ani2", case, "endorse", choice="endorse", reason="Bagus.")
    assert (refused.status_code, refused.json()["code"]) == (403, "role.required")
    await house.moved("ani", case, "add-team-member", person=who("kartika"))
    assert (await house.can("kartika", case))["endorse.endorse"] == ["duty.innovator_endorser"]
    refused = await house.move("kartika", case, "endorse", choice="endorse", reason="Bagus.")
    assert (refused.status_code, refused.json()["code"]) == (409, "duty.innovator_endorser")
    await house.moved(
        "sekda",
        case,
        "grant-duty-waiver",
        duty="innovator_endorser",
        person=who("kartika"),
        until="2027-01-31",
        reason="Pejabat terbatas.",
    )
    await house.moved("kartika", case, "endorse", choice="endorse", reason="Didukung.")
    last = (await house.get("ani", f"/innovations/{case}/history"))["items"][-1]
    assert last["waived"] == ["innovator_endorser"]
    assert last["actor"]["letter"] == "SPT Nomor 094/310/2025"


async def test_five_times_at_once_with_one_key_is_one_event(house: House) -> None:
    case = await an_endorsed_idea(house)
    version = (await house.get("sekda", f"/innovations/{case}"))["version"]
    headers = {"If-Match": f'"{version}"', "Idempotency-Key": "sekali-saja"}
    body = {"choice": "approve", "reason": "Layak."}
    answers = await asyncio.gather(
        *(house.as_("sekda", "POST", f"/innovations/{case}/decide-pilot", json=body, headers=headers) for _ in range(5))
    )
    assert [a.status_code for a in answers] == [200] * 5
    assert len({a.content for a in answers}) == 1
    assert sum(a.headers.get("Idempotency-Replayed") == "true" for a in answers) == 4
    assert (await house.get("sekda", f"/innovations/{case}"))["version"] == version + 1
    other = await house.as_(
        "sekda", "POST", f"/innovations/{case}/decide-pilot", json={**body, "reason": "Lain."}, headers=headers
    )
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


async def test_of_32_deciding_at_once_one_wins(house: House) -> None:
    case = await an_endorsed_idea(house)
    version = (await house.get("sekda", f"/innovations/{case}"))["version"]
    headers = {"If-Match": f'"{version}"'}
    choices = ["approve", "reject"] * 16
    answers = await asyncio.gather(
        *(
            house.as_(
                "sekda",
                "POST",
                f"/innovations/{case}/decide-pilot",
                json={"choice": c, "reason": "Ya."},
                headers=headers,
            )
            for c in choices
        )
    )
    statuses = sorted(a.status_code for a in answers)
    assert statuses == [200] + [412] * 31
    stale = next(a for a in answers if a.status_code == 412).json()
    assert stale["code"] == "stale"


async def test_a_decision_names_the_version_it_was_based_on(house: House) -> None:
    case = await an_endorsed_idea(house)
    body = {"choice": "approve", "reason": "Layak."}
    missing = await house.as_("sekda", "POST", f"/innovations/{case}/decide-pilot", json=body)
    assert (missing.status_code, missing.json()["code"]) == (428, "precondition.required")
    stale = await house.as_(
        "sekda", "POST", f"/innovations/{case}/decide-pilot", json=body, headers={"If-Match": '"1"'}
    )
    assert stale.status_code == 412
    assert [e["type"] for e in stale.json()["since"]][-1] == "innovation.agency_endorsed.v1"


async def test_the_past_stays_as_it_was(house: House) -> None:
    case = await an_endorsed_idea(house)
    events = (await house.get("sekda", f"/innovations/{case}/history"))["items"]
    before = events[-2]["recorded_at"]
    await house.moved("sekda", case, "decide-pilot", choice="approve", reason="Layak.", occurred_on="2026-01-05")
    now = await house.get("sekda", f"/innovations/{case}")
    then = await house.get("sekda", f"/innovations/{case}", params={"as_of": before})
    assert (now["stage"], then["status"]) == ("pilot", "submitted")
    assert (await house.get("sekda", f"/innovations/{case}?version=1"))["status"] == "draft"
    assert (await house.get("sekda", f"/innovations/{case}/history"))["items"][-1]["late"] is True
    changes = (await house.get("sekda", f"/innovations/{case}/diff?from={now['version'] - 1}&to={now['version']}"))[
        "changes"
    ]
    assert changes["stage"] == ["idea", "pilot"]
    future = await house.as_("sekda", "GET", f"/innovations/{case}?as_of=2999-01-01")
    assert (future.status_code, future.json()["code"]) == (422, "as_of.future")


async def test_the_past_shows_who_held_which_office_then(house: House) -> None:
    case = await an_endorsed_idea(house)
    before = (await house.get("sekda", f"/innovations/{case}/history"))["items"][-1]["recorded_at"]
    offices = f"/persons/{who('sekda')}/offices"
    version = (await house.get("admin", offices))["version"]
    decided = await house.moved("sekda", case, "decide-pilot", choice="approve", reason="Layak.")
    at = decided["events"][-1]["recorded_at"]
    leaving = {"office": "regional_secretary:KA", "reason": "Rotasi."}
    headers = {"If-Match": f'"{version}"'}
    left = await house.as_("admin", "POST", f"/persons/{who('sekda')}/leave-office", json=leaving, headers=headers)
    assert left.status_code == 200, left.text
    after = left.json()["events"][-1]["recorded_at"]
    shown = [await house.get("inspektur", f"/innovations/{case}?as_of={moment}") for moment in (before, at, after)]
    assert [then["status"] for then in shown] == ["endorsed", "approved", "approved"]
    assert [then["parts"].get("decider") for then in shown] == [None, [who("sekda")], [who("sekda")]]
    assert "regional_secretary:KA" in shown[1]["offices"][who("sekda")]
    assert "regional_secretary:KA" not in shown[2]["offices"][who("sekda")]
    held = [(await house.get("inspektur", f"{offices}?as_of={moment}"))["offices"] for moment in (at, after)]
    assert [len(found) for found in held] == [1, 0]


async def test_a_decision_entered_late_says_so(house: House) -> None:
    case = await an_endorsed_idea(house)
    await house.moved("sekda", case, "decide-pilot", choice="defer", reason="Rapat.", occurred_on="2026-01-05")
    last = (await house.get("sekda", f"/innovations/{case}/history"))["items"][-1]
    assert (last["late"], last["occurred_on"]) == (True, "2026-01-05")
    on_the_day = await house.as_("sekda", "GET", f"/innovations/{case}?as_of=2026-01-05")
    assert on_the_day.status_code == 404  # the log knew nothing of it yet: as of means as the log knew it


async def test_a_rescinded_decision_stays_readable(house: House) -> None:
    case = await an_endorsed_idea(house)
    await house.moved("sekda", case, "decide-pilot", choice="reject", reason="Tumpang tindih.")
    back = await house.moved("sekda", case, "rescind-decision", reason="Keliru membaca.", letter="B/12/2026")
    assert (back["status"], back["outcome"]) == ("endorsed", None)
    types = [e["type"] for e in (await house.get("sekda", f"/innovations/{case}/history"))["items"]]
    assert types[-2:] == ["innovation.idea_rejected.v1", "innovation.decision_rescinded.v1"]


async def test_a_title_taken_meanwhile_blocks_what_would_open_the_case_again(house: House) -> None:
    case = await an_endorsed_idea(house)
    await house.moved("sekda", case, "decide-pilot", choice="reject", reason="Tumpang tindih.")
    title = (await house.get("sekda", f"/innovations/{case}"))["title"]
    assert (await house.can("sekda", case))["rescind_decision"] == []
    other = await house.as_("lestari", "POST", "/innovations", json={**IDEA, "title": title})
    assert other.status_code == 201
    blocked = await house.can("sekda", case)
    assert blocked["rescind_decision"] == ["claim.title"]
    assert "claim.title" in blocked["reopen"]
    refused = await house.move("sekda", case, "rescind-decision", reason="Keliru membaca.", letter="B/12/2026")
    assert (refused.status_code, refused.json()["code"]) == (409, "claim.title")


async def test_a_title_is_found_and_taken_in_either_spelling(house: House) -> None:
    born = await house.as_("ani", "POST", "/innovations", json={**IDEA, "title": "Cafe\u0301 sehat"})
    position = {"Jejak-Min-Position": born.headers["Jejak-Position"]}
    for spelling in ("Caf\u00e9", "Cafe\u0301"):
        found = await house.get("ani", f"/innovations?q={spelling}", headers=position)
        assert [case["title"] for case in found["items"]] == ["Caf\u00e9 sehat"]
    again = await house.as_("lestari", "POST", "/innovations", json={**IDEA, "title": "\uff23af\u00e9 se\u200bhat"})
    assert (again.status_code, again.json()["code"]) == (409, "claim.title")


async def test_persons_nobody_knows_enter_no_event(house: House) -> None:
    nobody = str(uuid4())
    past = {"title": "Lama", "place": "replication/open", "source": "Berita", "agency": "ka-dinkes"}
    for part in ("lead", "coach", "endorser", "decider"):
        answer = await house.as_("koordinator", "POST", "/innovations/import-historical", json={**past, part: nobody})
        assert (answer.status_code, answer.json()["code"]) == (422, "person.unknown"), part
    case = await an_idea(house)
    waiver = {"duty": "innovator_endorser", "person": nobody, "until": "2027-06-30"}
    answer = await house.move("sekda", case, "grant-duty-waiver", reason="Kecil.", **waiver)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/person")


async def test_a_title_is_taken_once_in_a_region(house: House) -> None:
    await an_idea(house)
    again = await house.as_("lestari", "POST", "/innovations", json={**IDEA, "title": "ANTREAN  Jum'at tanpa berdiri"})
    assert (again.status_code, again.json()["code"]) == (409, "claim.title")
    assert (await house.as_("hasan", "POST", "/innovations", json=IDEA)).status_code == 201


async def test_who_only_knows_a_digest_has_no_file(house: House) -> None:
    case, other = await an_idea(house), await house.as_("hasan", "POST", "/innovations", json=IDEA)
    put = await house.as_("ani", "PUT", f"/innovations/{case}/evidence", content=b"rahasia")
    facts = {**put.json(), "kind": "report", "description": "Bukan berkas kami"}
    for size in (facts["size"], 1):
        taken = await house.move("hasan", other.json()["id"], "attach-evidence", **{**facts, "size": size})
        assert (taken.status_code, taken.json()["code"]) == (422, "evidence.not_received")


async def test_evidence_is_received_then_attached(house: House) -> None:
    case = await an_idea(house)
    put = await house.as_(
        "ani", "PUT", f"/innovations/{case}/evidence", content=b"laporan", headers={"Content-Type": "text/plain"}
    )
    assert put.status_code == 200
    facts = {**put.json(), "kind": "report", "description": "Laporan awal"}
    larger = await house.move("ani", case, "attach-evidence", **{**facts, "size": 999})
    assert (larger.status_code, larger.json()["code"]) == (422, "evidence.size_differs")
    await house.moved("ani", case, "attach-evidence", **facts)
    (item,) = (await house.get("ani", f"/innovations/{case}"))["evidence"]
    for header, status in (
        ({"If-Match": '"1"'}, 412),
        ({"If-Match": '"2"'}, 200),
        ({"Content-Encoding": "gzip"}, 415),
        ({"Content-Range": "bytes 0-3/10"}, 400),
    ):
        more = await house.as_("ani", "PUT", f"/innovations/{case}/evidence", content=b"isi", headers=header)
        assert more.status_code == status, more.text
    assert (item["held"], item["digest"]) == (True, facts["digest"])
    unknown = await house.move("ani", case, "attach-evidence", **{**facts, "digest": "0" * 64})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "evidence.not_received")


async def test_others_do_not_know_of_a_draft(house: House) -> None:
    case = await an_idea(house)
    for stranger in ("hasan", "sekda-b", "lestari", "admin", "prov"):
        for path in ("", "/actions", "/history", "/diff?from=1&to=1"):
            answer = await house.as_(stranger, "GET", f"/innovations/{case}{path}")
            assert answer.status_code == 404, (stranger, path)
        answer = await house.as_(stranger, "POST", f"/innovations/{case}/submit", json={"pledge": True})
        assert answer.status_code == 404
        assert case not in json.dumps((await house.get(stranger, "/innovations"))["items"])
        assert case not in json.dumps((await house.get(stranger, "/events"))["items"])


async def test_offices_as_of_a_day(house: House) -> None:
    offices = await house.get("inspektur", f"/persons/{who('kartika')}/offices")
    assert offices["delegations"][0]["office"] == "agency_head:ka-dinkes"
    assert (await house.get("inspektur", f"/persons/{who('kartika')}/offices?as_of=2020-01-01"))["roles"] == []
    ended = await house.as_(
        "admin",
        "POST",
        f"/persons/{who('kartika')}/end-delegation",
        json={"office": "agency_head:ka-dinkes", "reason": "Selesai."},
    )
    assert ended.status_code == 200, ended.text
    assert (await house.get("inspektur", f"/persons/{who('kartika')}/offices"))["delegations"] == []
    own = await house.as_(
        "admin", "POST", f"/persons/{who('admin')}/grant-role", json={"role": "coach", "agency": "ka-setda"}
    )
    assert own.json()["code"] == "office.not_for_oneself"


BAD = [
    (b'{"title": NaN}', 400, "json.not_a_number"),
    (b'{"cost": 1e999}', 400, "json.not_a_number"),
    (b'{"title": "a", "title": "b"}', 400, "json.duplicate_key"),
    (b"[" * 40 + b"]" * 40, 400, "json.too_deep"),
    (b"[" * 100_000, 400, "json.too_deep"),
    (b'{"title": "a\\u0000b"}', 400, "json.unfit_character"),
    (b'{"title": "\\ud800"}', 400, "json.unfit_character"),
    (b'{"title": "\xff"}', 400, "json.not_utf8"),
    (b'{"title": ', 400, "json.invalid"),
    (b"[1]", 400, "json.not_an_object"),
    (b'{"cost": ' + b"9" * 5000 + b"}", 400, "json.invalid"),
    (b'{"title": "' + b"x" * 2_000_000 + b'"}', 413, "too_large"),
    (b'{"colour": "red"}', 422, "input.invalid_fields"),
    (b'{"title": 7, "problem": null, "affairs": "URS-02", "initiator": "king"}', 422, "input.invalid_fields"),
    (b'{"title": "T", "problem": "P", "affairs": ["URS-99"], "initiator": "agency"}', 422, "input.invalid_fields"),
    (
        b'{"title": "T", "problem": "P", "affairs": ["URS-02"], "initiator": "agency", "cost": 99999999999999999999}',
        422,
        "input.invalid_fields",
    ),
    (
        b'{"title": "T", "problem": "3201012345678901", "affairs": ["URS-02"], "initiator": "agency"}',
        422,
        "input.personal_number",
    ),
]


@pytest.mark.parametrize(("body", "status", "code"), BAD, ids=[str(n) for n in range(len(BAD))])
async def test_bad_input_gets_its_problem_and_leaves_no_trace(
    house: House, body: bytes, status: int, code: str
) -> None:
    before = (await house.get("ani", "/rulebooks"))["position"]
    answer = await house.as_("ani", "POST", "/innovations", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await house.get("ani", "/rulebooks"))["position"] == before


async def test_every_wrong_field_is_named(house: House) -> None:
    body = {"title": 7, "affairs": ["URS-02", "X"], "initiator": "king", "colour": "red"}
    answer = (await house.as_("ani", "POST", "/innovations", json=body)).json()
    assert [e["pointer"] for e in answer["errors"]] == ["/affairs/1", "/colour", "/initiator", "/problem", "/title"]
    english = await house.as_("ani", "POST", "/innovations", json=body, headers={"Accept-Language": "en"})
    assert english.json()["title"] == "Input needs mending"


async def test_without_a_session_nothing_opens(house: House) -> None:
    for method, path in (("GET", "/innovations"), ("POST", "/innovations"), ("GET", "/events"), ("GET", "/worklist")):
        assert (await house.client.request(method, f"/api/v1{path}")).status_code == 401
    wrong = await house.client.post("/api/v1/sessions", json={"username": "ani", "password": "salah"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "sign_in.failed")
    nobody = await house.client.post("/api/v1/sessions", json={"username": "impor", "password": ""})
    assert nobody.status_code == 401
    tries = [await house.client.post("/api/v1/sessions", json={"username": "budi", "password": "x"}) for _ in range(40)]
    assert 429 in {answer.status_code for answer in tries}  # the bucket fills again while a slow machine hashes


async def test_the_open_documents_are_there(house: House) -> None:
    document = (await house.client.get("/api/openapi.json")).json()
    assert "/api/v1/innovations/{id}/decide-pilot" in document["paths"]
    page = (await house.client.get("/api/docs")).text
    assert "http://" not in page
    assert "https://" not in page
    assert (await house.client.get("/health/ready")).json()["status"] == "ok"
    assert "jejak_requests_total" in (await house.client.get("/metrics")).text


async def test_a_rebuilt_view_equals_the_live_one(house: House) -> None:
    from adapters.postgres.rebuild import rebuild

    case = await an_endorsed_idea(house)
    await house.moved("sekda", case, "decide-pilot", choice="reject", reason="Tumpang tindih.")
    done = await house.moved("sekda", case, "rescind-decision", reason="Keliru.", letter="B/12")
    await house.get("sekda", "/innovations", headers={"Jejak-Min-Position": str(done["position"])})
    found = await asyncio.to_thread(rebuild, house.url, all_views(), lambda _done, _total: None)
    assert [(view.view, view.equal) for view in found] == [(view.name, True) for view in all_views()]
    await house.moved("sekda", case, "decide-pilot", choice="approve", reason="Layak.")
    again = await asyncio.to_thread(rebuild, house.url, all_views(), lambda _done, _total: None)
    assert all(view.equal for view in again)
