"""Forms by HTTP, on the demonstration: what they offer to whom, and on which version they are sent."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from adapters.clock import now
from adapters.demo.governments import PASSWORD, person_id
from adapters.postgres.drafts import DRAFTS_MAX, drop_draft, save_draft
from tests.adapters.web.conftest import Visitors

LIFE = "/inovasi/KA-2023-0001"


async def test_who_knows_only_the_kit_of_a_case_is_not_told_its_evidence(visitors: Visitors) -> None:
    def offered(page: str) -> list[str]:
        return re.findall(r'name="evidence" value="([^"]+)"', page)

    assert offered(await visitors.page("retno", f"{LIFE}/attach-legal-basis"))
    assert offered(await visitors.page("hasan", f"{LIFE}/replications")) == []


async def test_a_new_idea_begins_with_the_affair_its_author_works_on(visitors: Visitors) -> None:
    for nurse in ("ani", "retno", "hasan"):
        page = await visitors.page(nurse, "/inovasi/baru")
        ticked = re.findall(r'name="affairs"[^>]*? checked[^>]*><label[^>]*>([^<]+)<', page)
        assert ticked == ["Kesehatan"]


async def waiting(visitors: Visitors) -> str:
    """Give the form of a decision that waits for the regional secretary."""
    found = re.search(r'href="(/inovasi/[\w-]+/decide-pilot)"', await visitors.page("sekda", "/kerja"))
    assert found
    return found[1]


async def test_a_decision_stays_on_the_version_that_was_read_however_often_its_form_comes_back(
    visitors: Visitors,
) -> None:
    form = await waiting(visitors)
    read = {**visitors.held(await visitors.page("sekda", form)), "pilihan": "defer", "reason": "Menunggu anggaran."}
    published = {"redaction.no_personal_data": "ya", "redaction.pictures_consented": "ya", "reason": "Terbuka."}
    meanwhile = await visitors.fill("koordinator", form.replace("decide-pilot", "publish-case"), **published)
    assert meanwhile.status_code == 303, meanwhile.text
    again = await visitors.send("sekda", form, read | {"pilihan": ""})
    assert (again.status_code, visitors.held(again.text)["versi"]) == (422, read["versi"])
    row = await visitors.send("sekda", form, read | {"aksi": "tambah:legal_basis"})
    assert visitors.held(row.text)["versi"] == read["versi"]
    stale = await visitors.send("sekda", form, read | {"until": "2027-06-01"})
    assert (stale.status_code, "Inovasi dipublikasikan" in unescape(stale.text)) == (412, True)
    assert int(visitors.held(stale.text)["versi"]) == int(read["versi"]) + 1


async def test_a_decision_that_names_no_version_is_refused(visitors: Visitors) -> None:
    form = await waiting(visitors)
    for seen in ("", "satu"):
        sent = await visitors.fill("sekda", form, pilihan="reject", reason="Tumpang tindih.", versi=seen)
        assert sent.status_code == 428
        assert "Tumpang tindih." in sent.text


async def test_who_acts_for_two_offices_is_led_to_the_form_and_asked_there_for_which(visitors: Visitors) -> None:
    day = now().date()
    for head, agency in (("nining", "kb-dinkes"), ("ahmad", "kb-disnaker")):
        granted = await visitors.post(
            head,
            f"/persons/{person_id('sekda-b')}/grant-delegation",
            office=f"agency_head:{agency}",
            kind="plh",
            letter="SPT 4/2026",
            starts_on=str(day),
            ends_on=str(day + timedelta(days=9)),
        )
        assert granted.status_code == 200, granted.text
    assert f'class="button" href="{LIFE}/replications"' in await visitors.page("sekda-b", LIFE)
    assert 'name="acting_for"' in await visitors.page("sekda-b", f"{LIFE}/replications")


async def test_the_brief_of_a_case_says_what_a_decider_needs_and_to_whom_it_may_be_known(visitors: Visitors) -> None:
    page = await visitors.page("sekda", f"{LIFE}/ringkas")
    for said in ("Puskesmas Kenanga", "Rp38.500.000", "Nilai akhir 84,47 dari 100", "Lembagakan", "Tata cara Ojek"):
        assert said in page
    assert re.search(r"Persalinan di fasilitas kesehatan.*?>71<.*?>92<.*?<b>95</b>", page)
    assert await visitors.status("hasan", f"{LIFE}/ringkas") == 404


async def test_drafts_wait_on_the_desk_and_one_too_many_is_told(visitors: Visitors) -> None:
    form = await waiting(visitors)
    saved = await visitors.fill("sekda", form, aksi="simpan", reason="Menunggu anggaran.")
    assert saved.status_code == 303
    assert f'<a href="{form}">Apakah gagasan ini boleh diuji coba?</a>' in await visitors.page("sekda", "/kerja#konsep")
    kept = visitors.app.state.service
    for n in range(DRAFTS_MAX - 1):
        await save_draft(kept.pool, person_id("sekda"), f"/{n}", [("title", "x")])
    other = f"/admin/{person_id('lilis')}/grant-delegation"
    refused = await visitors.fill("sekda", other, aksi="simpan", letter="SPT 77/2026")
    assert refused.status_code == 409
    assert "SPT 77/2026" in refused.text
    assert 'href="/kerja#konsep"' in refused.text
    typed = {"nama": "sekda", "sandi": PASSWORD, "ke": other, "isian": '[["letter", "SPT 78/2026"]]'}
    signed_in = await visitors.send("sekda", "/masuk", typed)
    assert signed_in.status_code == 409
    assert "SPT 78/2026" in unescape(signed_in.text)
    for left in (form, *(f"/{n}" for n in range(DRAFTS_MAX - 1))):
        await drop_draft(kept.pool, person_id("sekda"), left)
