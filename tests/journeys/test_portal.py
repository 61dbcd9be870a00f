"""The portal as anybody meets it: published cases only, found and paged through, and kept by caches for a moment."""

from __future__ import annotations

import re
from typing import Any

import pytest

from adapters.demo.governments import person_id
from adapters.postgres.portal_reads import CASES_MAX
from tests.journeys.conftest import House
from tests.journeys.test_idea_to_pilot import a_submitted_idea

REDACTED = {"no_personal_data": True, "pictures_consented": True}
PLACES = ("idea/endorsed", "pilot/running", "closed/institutionalised")


async def enter(house: House, title: str, place: str, who: str = "koordinator", agency: str = "ka-dinkes") -> Any:
    past = {"title": title, "place": place, "source": "Laporan tahunan", "agency": agency, "problem": f"Soal {title}."}
    answer = await house.as_(who, "POST", "/innovations/import-historical", json=past)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def publish(house: House, case: str, who: str = "koordinator") -> Any:
    return await house.moved(who, case, "publish-case", reason="Berguna bagi warga.", redaction=REDACTED)


async def page(house: House, path: str, status: int = 200, **headers: str) -> str:
    answer = await house.client.get(path, headers={"Accept": "text/html", **headers})
    assert answer.status_code == status, answer.text
    return answer.text


async def until(house: House, position: int) -> None:
    await house.as_("koordinator", "GET", "/innovations", headers={"Jejak-Min-Position": str(position)})


def numbers(html: str) -> list[str]:
    return re.findall(r'href="/terbit/([^"]+)"', html)


def following(html: str) -> str | None:
    found = re.search(r'href="([^"]+)" rel="next"', html)
    return found and found[1].replace("&amp;", "&")


async def test_published_cases_are_paged_through_each_once_the_latest_first(house: House) -> None:
    cases = [await enter(house, f"Layanan {n:02}", PLACES[n % 3]) for n in range(CASES_MAX + 2)]
    told = [await publish(house, case["id"]) for case in cases]
    hidden = await enter(house, "Belum terbit", "pilot/running")
    await until(house, hidden["position"])
    first = await page(house, "/")
    rest = await page(house, str(following(first)))
    assert following(rest) is None
    assert numbers(first) + numbers(rest) == [case["case_number"] for case in reversed(told)]
    assert "Belum terbit" not in first + rest


async def test_each_count_leads_to_as_many_cases(house: House) -> None:
    for n in range(5):
        last = await publish(house, (await enter(house, f"Layanan {n}", PLACES[n % 3]))["id"])
    await until(house, last["position"])
    front = await page(house, "/")
    doors = re.findall(r'href="/\?tahap=(\w+)"[^>]*>(\d+) ', front)
    assert dict(doors) == {"idea": "2", "pilot": "2", "replication": "0", "evaluation": "0", "institutionalised": "1"}
    for door, count in doors:
        assert len(numbers(await page(house, f"/?tahap={door}"))) == int(count)


async def test_cases_are_found_by_their_words_their_number_and_their_region(house: House) -> None:
    tide = await publish(house, (await enter(house, "Perahu pasang surut", "pilot/running"))["id"])
    market = await publish(house, (await enter(house, "Loket pasar", "pilot/running"))["id"])
    await until(house, market["position"])
    assert numbers(await page(house, "/?q=perahu")) == [tide["case_number"]]
    assert numbers(await page(house, f"/?q={market['case_number'].lower()}")) == [market["case_number"]]
    assert len(numbers(await page(house, "/?wilayah=KA"))) == 2
    assert numbers(await page(house, "/?wilayah=KB")) == []
    assert "Tidak ada inovasi yang cocok" in await page(house, "/?q=kereta")


async def test_a_case_taken_off_the_portal_is_not_known_at_once(house: House) -> None:
    case = await enter(house, "Perahu sehat", "pilot/running")
    address = f"/terbit/{case['case_number']}"
    await until(house, case["position"])
    await page(house, address, 404)
    await publish(house, case["id"])
    shown = await page(house, address)
    assert "Inovasi dipublikasikan" in shown
    assert "Berguna bagi warga." in shown
    await house.moved("koordinator", case["id"], "unpublish-case", reason="Ada nama warga.")
    await page(house, address, 404)
    await page(house, "/terbit/KA-2020-9999", 404)


async def test_what_was_given_back_inside_is_told_neither_on_the_card_nor_on_the_page(house: House) -> None:
    case = await a_submitted_idea(house)
    await house.moved("budi", case, "endorse", choice="return", reason="Bukan urusan dinas.")
    await house.moved("budi", case, "rescind-decision", reason="Keliru.", letter="Nota 7/2026")
    told = await publish(house, case)
    await until(house, told["position"])
    for path in ("/", f"/terbit/{told['case_number']}"):
        assert "Keputusan dicabut" not in await page(house, path)
    await house.moved("budi", case, "endorse", choice="endorse", reason="Sejalan.")
    gone = await house.moved("budi", case, "rescind-decision", reason="Keliru.", letter="Nota 8/2026")
    await until(house, gone["position"])
    for path in ("/", f"/terbit/{told['case_number']}"):
        assert "Keputusan dicabut" in await page(house, path)


KIT = {"guide": "Kunjungi.", "cost": 1, "people_needed": "Dua perawat", "contact_office": "Dinas", "lessons": "Pasang."}


async def signed_in(house: House, who: str) -> None:
    signed = await house.client.post("/masuk", data={"nama": who, "sandi": "jejak-demo"})
    assert signed.status_code == 303


async def test_cases_with_a_kit_are_marked_and_found(house: House) -> None:
    plain = await enter(house, "Loket pasar", "closed/institutionalised")
    past = {"title": "Perahu sehat", "place": "closed/institutionalised", "source": "Laporan", "agency": "ka-dinkes"}
    ani = str(person_id("ani"))
    entered = await house.as_("koordinator", "POST", "/innovations/import-historical", json={**past, "lead": ani})
    kitted = entered.json()
    await house.moved("ani", kitted["id"], "publish-kit", **KIT)
    for case in (plain, kitted):
        told = await publish(house, case["id"])
    await until(house, told["position"])
    everything, some = await page(house, "/"), await page(house, "/?kit=ada")
    assert set(numbers(everything)) == {plain["case_number"], kitted["case_number"]}
    assert everything.count("Ada kit replikasi") == 1
    assert numbers(some) == [kitted["case_number"]]
    assert "Ditemukan: 1." in some
    assert "1 dilembagakan" in some
    assert "2 dilembagakan" in everything


async def test_who_may_publish_a_case_sees_before_what_everybody_will(house: House) -> None:
    case = await enter(house, "Perahu sehat", "pilot/running")
    number = case["case_number"]
    await until(house, case["position"])
    await page(house, f"/inovasi/{number}/pratinjau", 303)
    await signed_in(house, "dewi")
    await page(house, f"/inovasi/{number}/pratinjau", 404)
    await signed_in(house, "koordinator")
    assert f'href="/inovasi/{number}/pratinjau"' in await page(house, f"/inovasi/{number}/publish-case")
    shown = await page(house, f"/inovasi/{number}/pratinjau")
    assert "Pratinjau." in shown
    await publish(house, case["id"])
    told = await page(house, f"/terbit/{number}")
    assert "Pratinjau." not in told
    for said in re.findall(r"<h[123][^>]*>[^<]+</h[123]>", shown):
        assert said in told


async def test_who_has_not_signed_in_may_keep_a_page_for_a_moment(house: House) -> None:
    front = await house.client.get("/")
    assert front.headers["Cache-Control"] == "public, max-age=60"
    again = await house.client.get("/", headers={"If-None-Match": front.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    signed = await house.client.post("/masuk", data={"nama": "ani", "sandi": "jejak-demo"})
    assert signed.status_code == 303
    own = await house.client.get("/")
    assert own.headers["Cache-Control"] == "no-store"
    assert "ETag" not in own.headers


@pytest.mark.parametrize("asked", ["tahap=closed", "lanjut=x", "halaman=2", "q=a&q=b"])
async def test_what_cannot_be_asked_is_refused_on_a_page(still_house: House, asked: str) -> None:
    assert "Isian perlu diperbaiki" in await page(still_house, f"/?{asked}", 422)
