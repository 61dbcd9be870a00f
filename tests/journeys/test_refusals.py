"""What is refused is told on a page to who asks for one, and as a problem to everybody else."""

from __future__ import annotations

import psycopg
import pytest

from adapters.postgres.embedded import EmbeddedPostgres
from application.views.register import REGISTER
from tests.databases import token_of
from tests.journeys.conftest import House

PAGE = {"Accept": "text/html"}


@pytest.mark.parametrize(
    ("method", "path", "status", "title"),
    [
        ("GET", "/tidak-ada", 404, "Tidak ditemukan"),
        ("DELETE", "/", 405, "Cara panggil tidak dikenal"),
        ("GET", "/?halaman=2", 422, "Isian perlu diperbaiki"),
    ],
)
async def test_each_refusal_has_its_page_and_its_problem(
    still_house: House, method: str, path: str, status: int, title: str
) -> None:
    told = await still_house.client.request(method, path, headers=PAGE)
    assert (told.status_code, told.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert f"<h1>{title}</h1>" in told.text
    plain = await still_house.client.request(method, path)
    assert (plain.status_code, plain.headers["Content-Type"]) == (status, "application/problem+json")
    assert plain.json()["title"] == title
    assert plain.headers.get("Allow") == told.headers.get("Allow")


@pytest.mark.parametrize("path", ["/terbit/%00", "/inovasi/%00", "/inovasi/%00/banding", "/inovasi/%00/submit"])
async def test_an_address_no_case_can_have_is_of_nothing(still_house: House, path: str) -> None:
    told = await still_house.client.get(path, headers={**PAGE, "Cookie": f"jejak={token_of('ani')}"})
    assert told.status_code == 404


@pytest.mark.parametrize("back", ["//[", "http://[", "/\\x"])
async def test_an_address_that_cannot_be_read_leads_to_the_first_page(still_house: House, back: str) -> None:
    form = {"nama": "ani", "sandi": "jejak-demo", "ke": back}
    told = await still_house.client.post("/masuk", data=form, headers=PAGE)
    assert (told.status_code, told.headers["Location"]) == (303, "/kerja")
    foreign = await still_house.client.post("/masuk", data=form, headers={**PAGE, "Origin": back})
    assert foreign.status_code == 403


async def test_a_form_from_elsewhere_is_told_so(still_house: House) -> None:
    await still_house.client.post("/masuk", data={"nama": "ani", "sandi": "jejak-demo"})
    told = await still_house.client.post("/keluar", data={"meterai": "x"}, headers=PAGE)
    assert told.status_code == 403
    assert "tidak berasal dari sesi Anda" in told.text


async def test_a_mistake_of_ours_is_told_calmly_and_says_nothing_of_it(still_house: House) -> None:
    with psycopg.connect(still_house.url, autocommit=True) as connection:
        connection.execute(f"ALTER TABLE view.{REGISTER.table} DROP COLUMN published".encode())
    told = await still_house.client.get("/?q=perahu", headers={**PAGE, "Accept-Language": "en"})
    assert told.status_code == 500
    assert "<h1>System error</h1>" in told.text
    assert "published" not in told.text
    assert (await still_house.client.get("/?q=perahu")).json()["code"] == "internal"


async def test_a_database_that_is_away_is_told_with_when_to_try_again(
    still_house: House, server: EmbeddedPostgres
) -> None:
    with psycopg.connect(still_house.url) as connection:
        name = connection.info.dbname
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        told = await still_house.client.get("/", headers=PAGE)
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
    assert told.status_code == 503
    assert "Tidak ada yang hilang" in told.text
    assert told.headers["Retry-After"] == "2"
