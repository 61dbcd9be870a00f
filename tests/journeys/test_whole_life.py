"""One case by the right people over HTTP, from idea to institutionalised and the evaluation of the year after."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import msgspec

from adapters.rulebooks.loader import load_rulebooks
from domain.innovation.decisions.common import DAYS_AHEAD_MAX
from tests.journeys.conftest import House, who
from tests.journeys.test_idea_to_pilot import PILOT, an_endorsed_idea

TODAY = datetime.now(UTC).date()
CRITERIA = tuple(load_rulebooks()[-1].panel.criteria)
BASIS: dict[str, Any] = {"type": "perkada", "number": "12 Tahun 2026", "date": "2026-06-01"}
KIT: dict[str, Any] = {
    "guide": "Cetak kartu delapan warna, tunjuk petugas pemilah.",
    "cost": 4_350_000,
    "people_needed": "Satu perawat bergilir",
    "contact_office": "Puskesmas Melati",
    "lessons": "Mulailah pada hari yang sepi.",
}
MEASURED: dict[str, Any] = {
    "indicator": "antre",
    "value": 18,
    "unit": "menit",
    "method": "Dicatat petugas loket.",
    "starts_on": str(TODAY - timedelta(days=31)),
    "ends_on": str(TODAY - timedelta(days=1)),
}
ADVICE: dict[str, Any] = {
    "reason": "Panel sepakat.",
    "drivers": "Petugas tekun.",
    "inhibitors": "Perpindahan pegawai.",
    "recommendation": "institutionalise",
}


async def evidence(house: House, case: str, kind: str) -> str:
    """Attach a document of a kind and give its id."""
    received = await house.as_("ani", "PUT", f"/innovations/{case}/evidence", content=f"{kind} {case}".encode())
    body = {**received.json(), "kind": kind, "description": f"Dokumen {kind}"}
    await house.moved("ani", case, "attach-evidence", **body)
    item: str = (await house.get("ani", f"/innovations/{case}"))["evidence"][-1]["item"]
    return item


async def a_running_pilot(house: House) -> str:
    case = await an_endorsed_idea(house)
    await house.moved("sekda", case, "decide-pilot", choice="approve", reason="Layak diuji coba.")
    await house.moved("ani", case, "start-pilot", **PILOT)
    return case


async def in_use(house: House) -> str:
    """Give a case that is open to replication, with its kit."""
    case = await a_running_pilot(house)
    await house.moved("ani", case, "record-measurement", **MEASURED)
    await evidence(house, case, "report")
    await house.moved("budi", case, "conclude-pilot", choice="succeeded", reason="Sasaran tercapai.")
    await evidence(house, case, "procedure")
    await house.moved("ani", case, "attach-legal-basis", **BASIS)
    await house.moved("sekda", case, "decide-rollout", choice="replicate", reason="Terbukti.")
    await house.moved("ani", case, "publish-kit", **KIT)
    return case


async def child(house: House, by: str, case: str, command: str, **body: Any) -> str:
    """Make the move that begins a replication or an evaluation, and give its id."""
    version = (await house.get("inspektur", f"/innovations/{case}"))["version"]
    headers = {"If-Match": f'"{version}"'}
    answer = await house.as_(by, "POST", f"/innovations/{case}/{command}", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.headers["Location"].rpartition("/")[2]


async def step(house: House, by: str, path: str, command: str, **body: Any) -> httpx.Response:
    """Make a move of a replication or an evaluation on its newest version."""
    version = (await house.get("inspektur", path))["version"]
    return await house.as_(by, "POST", f"{path}/{command}", json=body, headers={"If-Match": f'"{version}"'})


async def stepped(house: House, by: str, path: str, command: str, **body: Any) -> Any:
    answer = await step(house, by, path, command, **body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def can(house: House, by: str, path: str) -> dict[str, list[str]]:
    actions = await house.get(by, f"{path}/actions")
    return {
        f"{a['command']}.{a['choice']}" if a["choice"] else a["command"]: [b["code"] for b in a["blockers"]]
        for a in actions["items"]
    }


async def replicated(house: House, case: str) -> str:
    """Let Kota B copy a case, up to before the confirmations."""
    copy = await child(house, "hasan", case, "replications", problem="Pasien kami menunggu dua jam.")
    path = f"/replications/{copy}"
    assert (await can(house, "budi", path))["accept"] == []
    assert (await can(house, "hasan", path))["accept"] == ["role.required"]
    await stepped(house, "budi", path, "accept", reason="Siap mendampingi.")
    await stepped(house, "nining", path, "agree", agreement="pks", number="PKS 12/2026", date=str(TODAY))
    plan = {"plan": "Tiga bulan di Puskesmas Anggrek.", "changes": "Dua bahasa.", "team": [who("nining")]}
    await stepped(house, "hasan", path, "plan-adaptation", **plan)
    await stepped(house, "hasan", path, "start", place="Puskesmas Anggrek", starts_on=str(TODAY))
    await stepped(house, "maya", path, "record-milestone", title="Petugas terlatih", reached_on=str(TODAY))
    assert (await can(house, "hasan", path))["conclude"] == ["replication.measurement_missing"]
    await stepped(house, "hasan", path, "record-measurement", **MEASURED)
    concluded = await stepped(house, "hasan", path, "conclude", summary="Antre turun menjadi sepertiga.")
    assert (concluded["stage"], concluded["status"]) == ("replication", "concluded")
    return path


def scores(value: int) -> dict[str, Any]:
    return {"scores": {criterion: {"score": value, "note": "Lihat laporan."} for criterion in CRITERIA}}


async def evaluated(house: House, case: str, judges: tuple[str, ...] = ("eka", "fajar", "gita")) -> str:
    """Open an evaluation and have the panel score, up to before consolidation."""
    path = f"/evaluations/{await child(house, 'koordinator', case, 'open-evaluation')}"
    for judge in judges:
        await stepped(house, "koordinator", path, "assign-evaluator", person=who(judge))
    for n, judge in enumerate(judges):
        await stepped(house, judge, path, "score", **scores(70 + 5 * n))
    return path


async def test_from_idea_to_institutionalised_and_judged_again(house: House) -> None:
    case = await a_running_pilot(house)
    assert set((await house.can("ani", case))["conclude_pilot.succeeded"]) == {
        "pilot.measurement_missing",
        "pilot.report_missing",
    }
    await house.moved("ani", case, "record-measurement", **MEASURED)
    obstacle = {"kind": "people", "description": "Petugas kurang."}
    await house.moved("ani", case, "record-obstacle", **obstacle)
    (known,) = (await house.get("ani", f"/innovations/{case}"))["obstacles"]
    await house.moved("citra", case, "resolve-obstacle", obstacle=known["obstacle"], resolution="Dibantu.")
    late = str(date.fromisoformat(PILOT["ends_on"]) + timedelta(days=90))
    await house.moved("sekda", case, "extend-pilot", reason="Data belum cukup.", ends_on=late)
    await evidence(house, case, "report")
    concluded = await house.moved("ani", case, "conclude-pilot", choice="succeeded", reason="Sasaran tercapai.")
    assert (concluded["stage"], concluded["status"]) == ("pilot", "concluded")
    assert set((await house.can("sekda", case))["decide_rollout.replicate"]) == {
        "rollout.legal_basis_missing",
        "rollout.procedure_missing",
    }
    await evidence(house, case, "procedure")
    await house.moved("ani", case, "attach-legal-basis", **BASIS)
    await house.moved("sekda", case, "decide-rollout", choice="replicate", reason="Terbukti.")
    assert (await house.as_("hasan", "GET", f"/innovations/{case}")).status_code == 404
    await house.moved("ani", case, "publish-kit", **KIT)
    shown = await house.get("hasan", f"/innovations/{case}")
    assert (shown["kit"]["cost"], "team" in shown, "evidence" in shown) == (4_350_000, False, False)
    assert (await house.as_("hasan", "GET", f"/innovations/{case}/history")).status_code == 404
    assert [code for code, why in (await house.can("hasan", case)).items() if not why] == ["request_replication"]
    assert (await house.can("koordinator", case))["open_evaluation"] == ["duty.replication_before_evaluation"]

    copy = await replicated(house, case)
    first = await stepped(house, "hasan", copy, "confirm-by-adopter")
    assert (first["status"], len(first["events"])) == ("concluded", 1)
    both = await stepped(house, "ani", copy, "confirm-by-origin")
    assert (both["status"], {event["stream"] for event in both["events"]}) == ("confirmed", {both["id"], case})
    assert (await house.get("ani", f"/innovations/{case}"))["replications_confirmed"] == [both["id"]]

    path = f"/evaluations/{await child(house, 'koordinator', case, 'open-evaluation')}"
    for judge in ("eka", "fajar", "gita"):
        await stepped(house, "koordinator", path, "assign-evaluator", person=who(judge))
    assert (await can(house, "koordinator", path))["assign_evaluator"] == ["evaluation.panel_full"]
    assert (await house.can("ani", case))["revise_profile"] == ["evaluation.scoring"]
    await stepped(house, "fajar", path, "declare-conflict", statement="Saya ikut menyusun rancangannya.")
    refused = await step(house, "fajar", path, "score", **scores(90))
    assert (refused.status_code, refused.json()["code"]) == (403, "role.required")
    replacing = {"person": who("fajar"), "replacement": who("indra"), "reason": "Benturan kepentingan."}
    await stepped(house, "koordinator", path, "replace-evaluator", **replacing)
    await stepped(house, "eka", path, "score", **scores(90))
    assert (await can(house, "koordinator", path))["consolidate"] == ["evaluation.scores_missing"]
    seats = (await house.get("ani", path))["seats"]
    assert {s["person"]: s["scores"] and set(s["scores"].values()) for s in seats}[who("eka")] == {None}
    await stepped(house, "gita", path, "score", **scores(50))
    await stepped(house, "indra", path, "score", **scores(70))
    assert (await can(house, "koordinator", path))["consolidate"] == ["evaluation.discussion_missing"]
    await stepped(house, "gita", path, "score", **scores(65))
    await stepped(house, "koordinator", path, "consolidate")
    assert (await house.get("ani", path))["result"]["score"] == "75.00"
    late_score = await step(house, "eka", path, "score", **scores(10))
    assert (late_score.status_code, late_score.json()["code"]) == (409, "place.not_here")
    done = await stepped(house, "koordinator", path, "conclude", **{**ADVICE, "recommendation": "widen"})
    assert {event["stream"] for event in done["events"]} == {done["id"], case}
    outcome = await house.moved("sekda", case, "decide-outcome", choice="institutionalise", reason="Perkada sudah ada.")
    assert (outcome["stage"], outcome["status"], outcome["outcome"]) == (
        "closed",
        "institutionalised",
        "institutionalised",
    )
    last = (await house.get("ani", f"/innovations/{case}/history"))["items"][-1]
    assert (last["body"]["advised"], last["reason"]) == ("widen", "Perkada sudah ada.")

    await house.moved("ani", case, "record-measurement", **MEASURED)
    again = await evaluated(house, case, ("eka", "gita", "indra"))
    now = await house.get("ani", f"/innovations/{case}")
    assert (now["stage"], now["outcome"]) == ("evaluation", "institutionalised")
    await stepped(house, "koordinator", again, "consolidate")
    await house.moved("koordinator", case, "conclude-evaluation", **ADVICE)
    await house.moved("sekda", case, "decide-outcome", choice="institutionalise", reason="Tetap berjalan.")
    position = {"Jejak-Min-Position": str((await house.get("ani", f"/innovations/{case}"))["position"])}
    funnel = (await house.get("sekda", "/funnel", headers=position))["items"]
    assert [row["reached"] for row in funnel] == [1, 1, 1, 1, 1]
    (result,) = (await house.get("sekda", "/pilot-results", headers=position))["items"]
    assert (result["results"][0]["value"], result["results"][0]["reached"]) == (18, True)
    boards = [
        (await house.get("sekda", f"/innovations/{case}/{board}"))["items"] for board in ("replications", "evaluations")
    ]
    assert [[row["status"] for row in rows] for rows in boards] == [["confirmed"], ["concluded", "concluded"]]


async def test_who_may_not_judge(house: House) -> None:
    case = await in_use(house)
    waiver = {"duty": "replication_before_evaluation", "person": who("koordinator"), "until": "2027-06-30"}
    await house.moved("sekda", case, "grant-duty-waiver", reason="Belum ada peminat.", **waiver)
    path = f"/evaluations/{await child(house, 'koordinator', case, 'open-evaluation')}"
    story = (await house.get("ani", f"/innovations/{case}/history"))["items"]
    assert story[-1]["waived"] == ["replication_before_evaluation"]
    found = {}
    for judge in ("joko", "citra", "ani", "sekda"):
        answer = await step(house, "koordinator", path, "assign-evaluator", person=who(judge))
        found[judge] = (answer.status_code, answer.json()["code"])
    assert found == {
        "joko": (409, "duty.evaluator_owner_agency"),
        "citra": (422, "evaluation.not_an_evaluator"),
        "ani": (422, "evaluation.not_an_evaluator"),
        "sekda": (422, "evaluation.not_an_evaluator"),
    }
    granted = {"role": "evaluator", "agency": "ka-setda"}
    offices = f"/persons/{who('citra')}"
    await house.as_("admin", "POST", f"{offices}/grant-role", json=granted)
    coach = await step(house, "koordinator", path, "assign-evaluator", person=who("citra"))
    assert (coach.status_code, coach.json()["code"]) == (409, "duty.evaluator_coach")


async def test_a_confirmation_lands_on_both_sides_wherever_the_origin_stands(house: House) -> None:
    case = await in_use(house)
    copy = await replicated(house, case)
    waiver = {"duty": "replication_before_evaluation", "person": who("koordinator"), "until": "2027-06-30"}
    await house.moved("sekda", case, "grant-duty-waiver", reason="Belum ada peminat.", **waiver)
    await house.moved("sekda", case, "suspend", reason="Banjir.", review_on="2027-12-31")
    refused = await house.as_("linda", "POST", f"/innovations/{case}/replications", json={"problem": "Sama."})
    assert (refused.status_code, refused.json()["code"]) == (409, "case.suspended")
    await stepped(house, "hasan", copy, "confirm-by-adopter")
    await house.moved("sekda", case, "resume", reason="Surut.")
    await evaluated(house, case)
    done = await stepped(house, "ani", copy, "confirm-by-origin")
    assert len(done["events"]) == 3
    now = await house.get("ani", f"/innovations/{case}")
    assert (now["status"], now["replications_confirmed"]) == ("open", [done["id"]])


async def test_one_person_confirms_one_side(house: House) -> None:
    case = await in_use(house)
    copy = await child(house, "sari", case, "replications", problem="Di unit kami juga.", agency="ka-pkm-melati")
    answer = await house.as_("hasan", "GET", f"/replications/{copy}")
    assert answer.status_code == 404
    again = await house.as_("sari", "POST", f"/innovations/{case}/replications", json={"problem": "Lagi."})
    assert (again.status_code, again.json()["code"]) == (409, "claim.replication")


async def test_who_copies_a_case_already_is_told_so_beforehand(house: House) -> None:
    case = await in_use(house)
    assert (await house.can("linda", case))["request_replication"] == []
    copy = await child(house, "linda", case, "replications", problem="Sama.")
    assert (await house.can("linda", case))["request_replication"] == ["claim.replication"]
    await stepped(house, "budi", f"/replications/{copy}", "decline", reason="Belum siap.")
    assert (await house.can("linda", case))["request_replication"] == []


async def test_what_waits_lies_on_the_right_desk(house: House) -> None:
    case = await in_use(house)
    copy = await child(house, "hasan", case, "replications", problem="Sama.")
    position = {"Jejak-Min-Position": str((await house.get("inspektur", f"/replications/{copy}"))["position"])}
    waiting = (await house.get("budi", "/worklist", headers=position))["items"]
    assert [(task["command"], task["id"]) for task in waiting] == [("replication.accept", copy)]


async def test_a_panel_waits_for_nobody_while_its_case_rests(house: House) -> None:
    case = await in_use(house)
    waiver = {"duty": "replication_before_evaluation", "person": who("koordinator"), "until": "2027-06-30"}
    await house.moved("sekda", case, "grant-duty-waiver", reason="Belum ada peminat.", **waiver)
    path = f"/evaluations/{await child(house, 'koordinator', case, 'open-evaluation')}"
    assigned = await stepped(house, "koordinator", path, "assign-evaluator", person=who("eka"))
    waiting = [("evaluation.score", assigned["id"])]
    assert await tasks(house, "eka", assigned["position"]) == waiting
    rests = await house.moved("sekda", case, "suspend", reason="Banjir.", review_on="2027-12-31")
    assert await tasks(house, "eka", rests["position"]) == []
    goes_on = await house.moved("sekda", case, "resume", reason="Surut.")
    assert await tasks(house, "eka", goes_on["position"]) == waiting


async def tasks(house: House, whose: str, position: int) -> list[tuple[str, str]]:
    found = await house.get(whose, "/worklist", headers={"Jejak-Min-Position": str(position)})
    return [(task["command"], task["id"]) for task in found["items"]]


async def an_open_evaluation(house: House) -> str:
    case = await in_use(house)
    waiver = {"duty": "replication_before_evaluation", "person": who("koordinator"), "until": "2027-06-30"}
    await house.moved("sekda", case, "grant-duty-waiver", reason="Belum ada peminat.", **waiver)
    return f"/evaluations/{await child(house, 'koordinator', case, 'open-evaluation')}"


async def test_nobody_reads_anothers_scores_by_a_detour(house: House) -> None:
    path = await an_open_evaluation(house)
    await stepped(house, "koordinator", path, "assign-evaluator", person=who("eka"))
    secret = "Hanya untuk panel."
    await stepped(house, "eka", path, "score", scores={c: {"score": 87, "note": secret} for c in CRITERIA})
    await stepped(house, "koordinator", path, "assign-evaluator", person=who("fajar"))
    await stepped(house, "fajar", path, "score", **scores(60))
    for reader in ("fajar", "ani", "koordinator"):
        for asked in (path, f"{path}/history", "/evaluations", "/events?limit=500"):
            assert secret not in (await house.as_(reader, "GET", asked)).text, (reader, asked)
    assert secret in (await house.as_("eka", "GET", f"{path}/history")).text


async def test_who_may_read_the_kit_only_is_not_told_what_happened_since(house: House) -> None:
    case = await in_use(house)
    told = {"kind": "people", "description": "Kurang."}
    answer = await house.as_(
        "hasan", "POST", f"/innovations/{case}/record-obstacle", json=told, headers={"If-Match": '"1"'}
    )
    assert (answer.status_code, answer.json()["code"]) == (412, "stale")
    assert "since" not in answer.json()


async def test_a_panel_never_grows_beyond_its_size(house: House) -> None:
    path = await an_open_evaluation(house)
    for judge in ("eka", "fajar"):
        await stepped(house, "koordinator", path, "assign-evaluator", person=who(judge))
    await stepped(house, "fajar", path, "declare-conflict", statement="Teman.")
    for judge in ("gita", "indra"):
        await stepped(house, "koordinator", path, "assign-evaluator", person=who(judge))
    change = {"person": who("fajar"), "replacement": who("joko"), "reason": "x"}
    await stepped(house, "eka", path, "score", **scores(60))
    assert (await can(house, "koordinator", path))["replace_evaluator"] == []
    answer = await step(house, "koordinator", path, "replace-evaluator", **change)
    assert (answer.status_code, answer.json()["code"]) == (422, "evaluation.panel_full")


async def test_far_dates_and_odd_cursors_break_nothing(house: House) -> None:
    case = await an_endorsed_idea(house)
    until = str(TODAY + timedelta(days=DAYS_AHEAD_MAX - 1))
    far = await house.moved("sekda", case, "decide-pilot", choice="defer", reason="x", until=until)
    assert (await tasks(house, "sekda", far["position"]))[0][0] == "decide_pilot"
    assert (await house.client.get("/health/ready")).json()["parked"] == 0
    for moment in ("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"):
        raw = msgspec.json.encode(["changed_at", moment, case])
        cursor = base64.urlsafe_b64encode(raw).decode().rstrip("=")
        answer = await house.as_("sekda", "GET", f"/innovations?cursor={cursor}")
        assert (answer.status_code, answer.json()["code"]) == (422, "cursor.unknown")
