"""Lists as of a moment over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from tests.journeys.conftest import House
from tests.journeys.test_idea_to_pilot import a_submitted_idea

LISTS = (
    "/innovations",
    "/worklist",
    "/replications",
    "/evaluations",
    "/funnel",
    "/pilot-results",
)


async def registered(house: House, title: str) -> str:
    idea = {"title": title, "problem": "Lama.", "affairs": ["URS-02"], "initiator": "civil_servant"}
    answer = await house.as_("ani", "POST", "/innovations", json=idea)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_list_says_what_it_said_then(house: House) -> None:
    case = await registered(house, "Antrean Lansia")
    born = (await house.get("ani", f"/innovations/{case}/history"))["items"][0]
    then = quote(born["recorded_at"])
    await house.moved("ani", case, "revise-profile", title="Kunjungan Lansia")
    await registered(house, "Perahu Baca")
    past = await house.get("ani", f"/innovations?as_of={then}&sort=title&q=antrean")
    assert [item["title"] for item in past["items"]] == ["Antrean Lansia"]
    assert past["position"] == born["position"]
    assert (await house.get("ani", "/innovations?q=antrean"))["items"] == []
    (task,) = (await house.get("ani", f"/worklist?as_of={then}"))["items"]
    assert task["title"] == "Antrean Lansia"
    assert (await house.get("hasan", f"/innovations?as_of={then}"))["items"] == []


async def test_what_is_open_today_is_listed_as_it_was_before_it_was(house: House) -> None:
    """A draft nobody else could see then, submitted since; alone it is shown the same way."""
    case = await a_submitted_idea(house)
    told = (await house.get("ani", f"/innovations/{case}/history"))["items"]
    then, known = quote(told[0]["recorded_at"]), {"Jejak-Min-Position": str(told[-1]["position"])}
    (item,) = (await house.get("lestari", f"/innovations?as_of={then}", headers=known))["items"]
    alone = await house.get("lestari", f"/innovations/{case}?as_of={then}")
    assert (item["id"], item["status"], alone["status"]) == (case, "draft", "draft")


@pytest.mark.parametrize("path", LISTS)
async def test_every_list_knows_the_past_and_no_future(house: House, path: str) -> None:
    await registered(house, "Antrean Lansia")
    answer = await house.get("sekda", f"{path}?as_of=2020-01-01")
    assert answer["position"] == 0
    future = await house.as_(
        "sekda", "GET", f"{path}?as_of={quote((datetime.now(UTC) + timedelta(days=1)).isoformat())}"
    )
    assert (future.status_code, future.json()["code"]) == (422, "as_of.future")
    for bad in ("kemarin", "2026-13-01", "2026-06-30T08:00:00", "%00"):
        answer = await house.as_("sekda", "GET", f"{path}?as_of={bad}")
        assert answer.status_code == 422, (bad, answer.text)
