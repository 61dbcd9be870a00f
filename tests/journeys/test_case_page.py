"""The page of a case and what hangs on it, on a case just begun: what it waits for, evidence, news, who may see it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import pytest
from PIL import Image
from pypdfium2 import PdfDocument

from adapters.postgres import view_reads
from adapters.postgres.case_reads import tasks_of
from adapters.postgres.connect import service_pool
from adapters.web.pages.case_evidence import WIDTH, WIDTH_SMALL
from application.views.register import REGISTER
from tests.databases import token_of
from tests.journeys.conftest import House, projecting
from tests.journeys.test_idea_to_pilot import IDEA, a_submitted_idea
from tests.journeys.test_one_machine import ask
from tests.serving import serving

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 24
HTML = {"Accept": "text/html"}


class Visitor:
    """Looks at pages as somebody who has signed in."""

    def __init__(self, house: House, who: str) -> None:
        self.house, self.who = house, who

    async def get(self, path: str, **headers: str) -> httpx.Response:
        cookie = {"Cookie": f"jejak={token_of(self.who)}"}
        return await self.house.client.get(path, headers={**HTML, **cookie, **headers})


@pytest.fixture
async def case(house: House) -> AsyncIterator[tuple[str, str]]:
    """Give the id and the number of a case Ani has just begun."""
    answer = await house.as_("ani", "POST", "/innovations", json=IDEA)
    begun = answer.json()
    async with service_pool(house.url) as pool:
        assert await view_reads.wait_for(pool, begun["position"])
    yield begun["id"], begun["case_number"]


def photographed(width: int, height: int) -> bytes:
    """Give a photo that says where it was taken."""
    photo, out = Image.new("RGB", (width, height), "teal"), BytesIO()
    where = Image.Exif()
    where[0x010E] = "6.2 S, 106.8 E"
    photo.save(out, "JPEG", exif=where)
    return out.getvalue()


def written(pages: int) -> bytes:
    """Give a PDF of empty pages."""
    document, out = PdfDocument.new(), BytesIO()
    for _ in range(pages):
        document.new_page(595, 842)
    document.save(out)
    return out.getvalue()


async def attached(house: House, case: str, content: bytes, media_type: str) -> str:
    put = await house.as_(
        "ani", "PUT", f"/innovations/{case}/evidence", content=content, headers={"Content-Type": media_type}
    )
    fact = {**put.json(), "media_type": media_type, "kind": "photo", "description": "Foto loket"}
    await house.moved("ani", case, "attach-evidence", **fact)
    evidence = (await house.get("ani", f"/innovations/{case}"))["evidence"]
    return str(evidence[-1]["item"])


async def test_what_a_case_waits_for_is_what_waits_for_its_people(house: House, case: tuple[str, str]) -> None:
    async with service_pool(house.url) as pool:
        found = await tasks_of(pool, UUID(case[0]))
    mine = (await house.get("ani", "/worklist"))["items"]
    assert [(task["command"], task["address"], task["due_on"]) for task in found] == [
        (task["command"], task["address"], task["due_on"]) for task in mine if task["id"] == case[0]
    ]
    assert [task["command"] for task in found] == ["submit"]


async def test_evidence_is_handed_over_and_never_run(house: House, case: tuple[str, str]) -> None:
    ani = Visitor(house, "ani")
    item = await attached(house, case[0], PNG, "image/png")
    path = f"/inovasi/{case[1]}/bukti/{item}"
    given = await ani.get(path)
    assert given.content == PNG
    assert given.headers["content-type"] == "image/png"
    assert given.headers["content-disposition"] == f'attachment; filename="{case[1]}-v2.png"'
    assert given.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert given.headers["x-content-type-options"] == "nosniff"
    assert given.headers["etag"] == f'"{hashlib.sha256(PNG).hexdigest()}"'
    assert (await ani.get(path, **{"If-None-Match": given.headers["etag"]})).status_code == 304


async def test_a_text_is_handed_over_as_what_it_is(house: House, case: tuple[str, str]) -> None:
    item = await attached(house, case[0], b"kode,nama\n1,Ani\n", "text/csv")
    given = await Visitor(house, "ani").get(f"/inovasi/{case[1]}/bukti/{item}")
    assert given.headers["content-type"] == "text/csv; charset=utf-8"
    assert given.headers["content-disposition"] == f'attachment; filename="{case[1]}-v2.csv"'
    assert given.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert given.headers["x-content-type-options"] == "nosniff"


async def test_evidence_kept_elsewhere_has_a_link_that_says_so(house: House, case: tuple[str, str]) -> None:
    digest = hashlib.sha256(b"elsewhere").hexdigest()
    fact = {"digest": digest, "size": 9, "media_type": "video/mp4", "kind": "video", "description": "Rekaman"}
    await house.moved("ani", case[0], "attach-evidence", **fact, url="https://arsip.example/rekaman?a=1&b=2")
    shown = (await Visitor(house, "ani").get(f"/inovasi/{case[1]}?bagian=bukti")).text
    assert 'href="https://arsip.example/rekaman?a=1&amp;b=2" rel="external noreferrer"' in shown
    assert "buka di situs lain, arsip.example" in shown


async def test_what_only_says_that_it_is_a_picture_is_not_shown(house: House, case: tuple[str, str]) -> None:
    ani = Visitor(house, "ani")
    for content, said in ((b"<script>alert(1)</script>", "image/png"), (b"<svg/>", "image/svg+xml")):
        path = f"/inovasi/{case[1]}/bukti/{await attached(house, case[0], content, said)}"
        assert (await ani.get(path)).headers["content-type"] == "application/octet-stream"
        assert (await ani.get(f"{path}/gambar")).status_code == 404
        assert "tidak dapat ditampilkan" in (await ani.get(f"{path}/lihat")).text


async def test_pages_of_a_file_are_shown_as_pictures_of_our_own_making(house: House, case: tuple[str, str]) -> None:
    ani = Visitor(house, "ani")
    photo, letter = photographed(2_000, 1_000), written(3)
    for content, said, pages in ((photo, "image/jpeg", 1), (letter, "application/pdf", 3)):
        path = f"/inovasi/{case[1]}/bukti/{await attached(house, case[0], content, said)}"
        assert f"Halaman {pages} dari {pages}" in (await ani.get(f"{path}/lihat?halaman={pages}")).text
        drawn = await ani.get(f"{path}/gambar?halaman={pages}")
        assert drawn.headers["content-type"] == "image/jpeg"
        assert drawn.headers["content-security-policy"] == "sandbox; default-src 'none'"
        with Image.open(BytesIO(drawn.content)) as picture:
            assert picture.width == WIDTH
            assert not picture.getexif()
        with Image.open(BytesIO((await ani.get(f"{path}/gambar?kecil=1")).content)) as picture:
            assert picture.width == WIDTH_SMALL
        assert (await ani.get(f"{path}/gambar?halaman=0")).status_code == 422
    assert (await ani.get(f"{path}/gambar?halaman=4")).status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PNG[:-1], "image/png"),
        (b"%PDF-1.7\nrubbish", "application/pdf"),
        (b"\xff\xd8\xff" + bytes(100), "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (60_000).to_bytes(4) * 2 + b"\x08\x02\0\0\0", "image/png"),
    ],
    ids=["cut off", "no PDF", "no picture", "far too large"],
)
async def test_a_broken_file_has_no_picture_and_is_handed_over_all_the_same(
    house: House, case: tuple[str, str], content: bytes, said: str
) -> None:
    ani = Visitor(house, "ani")
    path = f"/inovasi/{case[1]}/bukti/{await attached(house, case[0], content, said)}"
    assert (await ani.get(f"{path}/gambar")).status_code == 404
    assert "Unduh untuk membukanya" in (await ani.get(f"{path}/lihat")).text
    assert (await ani.get(path)).content == content


async def test_news_asked_for_by_their_head_alone_hold_nobody_up(house: House, case: tuple[str, str]) -> None:
    cookie = {"Cookie": f"jejak={token_of('ani')}"}
    told = await house.client.head(f"/inovasi/{case[1]}/kabar?versi=99", headers={**HTML, **cookie})
    assert (told.status_code, told.content) == (204, b"")


async def test_what_a_draft_lacks_is_said_in_words(house: House, case: tuple[str, str]) -> None:
    page = (await Visitor(house, "ani").get(f"/inovasi/{case[1]}")).text
    assert "belum diisi" in page
    assert [code for code in ("design", "goals", "gender", "poverty") if f"&#34;{code}&#34;" in page] == []


async def test_a_draft_is_there_for_its_people_only(house: House, case: tuple[str, str]) -> None:
    item = await attached(house, case[0], PNG, "image/png")
    base = f"/inovasi/{case[1]}"
    file = f"{base}/bukti/{item}"
    parts = (f"{base}/banding", f"{base}/kabar?versi=1", f"{base}/berita-acara/1")
    pages = (base, *parts, file, f"{file}/lihat", f"{file}/gambar")
    for who in ("hasan", "dewi", "admin"):
        assert {(await Visitor(house, who).get(path)).status_code for path in pages} == {404}
    assert (await Visitor(house, "koordinator").get(base)).status_code == 200
    assert (await house.client.get(base, headers=HTML)).status_code == 303  # who has not signed in is asked to


async def test_what_the_head_gave_back_is_among_what_came_back_with_the_reason(house: House) -> None:
    case = await a_submitted_idea(house)
    back = await house.moved("budi", case, "endorse", choice="return", reason="Bukan urusan dinas.")
    await house.get("ani", "/innovations", headers={"Jejak-Min-Position": str(back["position"])})
    shown = (await Visitor(house, "ani").get("/kerja")).text
    part = shown[shown.index('id="kembali"') :].partition("</section>")[0]
    assert "Dikembalikan kepala perangkat daerah" in part
    assert "Bukan urusan dinas." in part
    assert f'href="/inovasi/{back["case_number"]}/revise-profile"' in part


async def test_the_register_and_its_file_give_a_day_in_the_zone_of_the_case(house: House) -> None:
    begun = (await house.as_("hasan", "POST", "/innovations", json=IDEA)).json()
    known = {"Jejak-Min-Position": str(begun["position"])}
    (row,) = (await house.get("hasan", "/innovations", headers=known))["items"]
    with psycopg.connect(house.url, autocommit=True) as connection:  # an hour before midnight in Jakarta
        connection.execute(
            f"UPDATE view.{REGISTER.table} SET changed_at = '2026-01-31T16:30:00Z' WHERE id = %s".encode(), [row["id"]]
        )
    hasan = Visitor(house, "hasan")
    assert "1 Feb 2026" in (await hasan.get("/inovasi")).text
    assert "2026-02-01" in (await hasan.get("/inovasi/unduh.csv")).text


ASKED = {
    "?versi=1": 200,
    "?versi=2": 422,
    "?versi=0": 422,
    "?as_of=2020-01-01": 404,
    "?as_of=2999-01-01": 422,
    "?as_of=kemarin": 422,
    "?bagian=lain": 422,
    "?lain=1": 422,
    "/banding?dari=0": 422,
    "/banding?dari=1&ke=99999999999999999999": 422,
    "/banding?dari=%C2%B2": 422,
    "/berita-acara/1": 404,
    "/berita-acara/99999999999999999999": 404,
    "/bukti/01a20b74-0000-7000-8000-000000000001": 404,
}


async def test_what_is_not_there_is_said_on_a_page(house: House, case: tuple[str, str]) -> None:
    ani = Visitor(house, "ani")
    answers = {asked: await ani.get(f"/inovasi/{case[1]}{asked}") for asked in ASKED}
    assert {asked: answer.status_code for asked, answer in answers.items()} == ASKED
    assert [asked for asked, answer in answers.items() if "<h1>" not in answer.text] == []


def test_who_listens_for_news_hears_them_and_is_not_waited_for(governed_url: str, tmp_path: Path) -> None:
    token = token_of("ani")
    with projecting(governed_url), serving(governed_url, tmp_path, "--no-work") as served:
        begun = ask(served, "POST", "/api/v1/innovations", token, json=IDEA).json()
        with httpx.Client(base_url=served.url, cookies={"jejak": token}, timeout=60) as client:
            news = f"/inovasi/{begun['case_number']}/kabar?versi="
            while client.get(f"/inovasi/{begun['case_number']}").status_code != 200:
                pass  # until the views know it
            with client.stream("GET", f"{news}1") as line:
                said = line.iter_lines()
                assert next(said) == ": "
                ask(served, "POST", f"/api/v1/innovations/{begun['id']}/record-obstacle", token, json=OBSTACLE)
                assert [one for one in said if one] == ["event: changed", "data: 2"]
            with client.stream("GET", f"{news}2") as line:
                said = line.iter_lines()
                assert next(said) == ": "
                served.process.terminate()
                with pytest.raises(httpx.TransportError):
                    list(said)
        assert served.process.wait(60) == 0
    assert "graceful shutdown exceeded" not in served.log.read_text(encoding="utf-8")


OBSTACLE = {"kind": "people", "description": "Perawat bertugas sendirian."}
