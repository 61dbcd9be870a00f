"""Accounts by the command line: made, opened, closed by an administrator of the person's region, and by nobody else."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.demo.governments import PASSWORD, person_id
from adapters.postgres.connect import connect
from tests import forked
from tests.serving import open_door

ROOT = Path(__file__).parents[2]
SECRET = "wedang jahe sore hari"
Jejak = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def jejak(governed_url: str, tmp_path: Path) -> Jejak:
    """Give the command line on a database with governments and no session; `typed` is its standard input."""
    with connect(governed_url) as connection:
        connection.execute("DELETE FROM desk.sessions")

    def run(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        told = {"JEJAK_DATABASE_URL": governed_url, "JEJAK_HOME": str(tmp_path)}
        done = forked.jejak(*arguments, typed=typed.encode(), told=told)
        said = (done.stdout.decode(), done.stderr.decode())
        return subprocess.CompletedProcess(arguments, done.returncode, *said)

    return run


@pytest.fixture
def sign_in(jejak: Jejak, governed_url: str, tmp_path: Path) -> Iterator[Callable[[str, str], Any]]:
    """Give what the sign-in door answers."""
    with open_door(governed_url, tmp_path / "evidence") as address:
        yield lambda username, password: httpx.post(
            f"{address}/api/v1/sessions", json={"username": username, "password": password}
        )


def listed(jejak: Jejak, *arguments: str) -> list[dict[str, Any]]:
    done = jejak(*arguments, "list", "--json")
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_a_new_person_signs_in_with_what_was_typed(jejak: Jejak, sign_in: Callable[[str, str], Any]) -> None:
    made = jejak("user", "add", "wayan", "--name", "I Wayan Sudarta", "--as", "admin", typed=f"{SECRET}\n")
    assert made.returncode == 0, made.stderr
    signed = sign_in("wayan", SECRET)
    assert signed.status_code == 201
    assert signed.json()["person"]["name"] == "I Wayan Sudarta"
    assert signed.json()["person"]["id"] in made.stdout
    assert SECRET not in made.stdout + made.stderr


def test_a_second_account_belongs_to_the_same_person(jejak: Jejak, sign_in: Callable[[str, str], Any]) -> None:
    assert jejak("user", "add", "budi.h", "--also", "budi", "--as", "admin", typed=SECRET).returncode == 0
    assert sign_in("budi.h", SECRET).json()["person"]["id"] == str(person_id("budi"))


def test_a_new_password_ends_every_session_and_the_old_one_opens_nothing(
    jejak: Jejak, sign_in: Callable[[str, str], Any]
) -> None:
    assert sign_in("budi", PASSWORD).status_code == 201
    assert [row["username"] for row in listed(jejak, "token")] == ["budi"]
    assert jejak("user", "password", "budi", "--as", "budi", typed=SECRET).returncode == 0
    assert listed(jejak, "token") == []
    assert sign_in("budi", PASSWORD).status_code == 401
    assert sign_in("budi", SECRET).status_code == 201


def test_a_closed_account_opens_nothing_and_ended_sessions_are_gone(
    jejak: Jejak, sign_in: Callable[[str, str], Any]
) -> None:
    assert sign_in("budi", PASSWORD).status_code == 201
    assert "1" in jejak("token", "end", "budi", "--as", "admin").stdout
    assert listed(jejak, "token") == []
    assert jejak("user", "close", "budi", "--as", "admin").returncode == 0
    assert sign_in("budi", PASSWORD).status_code == 401
    assert [row["open"] for row in listed(jejak, "user") if row["username"] == "budi"] == [False]


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("role.required", ("user", "add", "wayan", "--name", "I Wayan Sudarta", "--as", "budi")),
        ("role.required", ("user", "password", "ani", "--as", "budi")),
        ("role.required", ("token", "end", "ani", "--as", "budi")),
        ("account.elsewhere", ("user", "password", "sekda-b", "--as", "admin")),
        ("account.elsewhere", ("user", "add", "wayan", "--also", "sekda-b", "--as", "admin")),
        ("account.taken", ("user", "add", "budi", "--name", "Budi Lain", "--as", "admin")),
        ("account.name", ("user", "add", "Wayan Dua", "--name", "I Wayan Sudarta", "--as", "admin")),
        ("account.unknown", ("user", "close", "siapa", "--as", "admin")),
        ("account.unknown", ("user", "password", "siapa", "--as", "siapa")),
        ("password.length", ("user", "password", "budi", "--as", "admin")),
    ],
)
def test_what_is_refused_says_why_and_changes_nothing(jejak: Jejak, code: str, arguments: tuple[str, ...]) -> None:
    before = listed(jejak, "user")
    refused = jejak(*arguments, typed="pendek")
    assert (refused.returncode, f"[{code}]" in refused.stderr) == (1, True), refused.stderr
    assert listed(jejak, "user") == before


def test_an_account_is_somebodys(jejak: Jejak) -> None:
    assert jejak("user", "add", "wayan", "--as", "admin", typed=SECRET).returncode == 2
    assert jejak("user", "add", "wayan", "--name", " ", "--as", "admin", typed=SECRET).returncode == 2


def test_what_was_granted_can_be_done_and_stands_in_the_list(jejak: Jejak, sign_in: Callable[[str, str], Any]) -> None:
    assert jejak("user", "add", "wayan", "--name", "I Wayan Sudarta", "--as", "admin", typed=SECRET).returncode == 0
    granted = jejak("user", "grant", "wayan", "coach", "ka-setda", "--as", "admin")
    assert (granted.returncode, granted.stdout) == (0, "wayan  pendamping / coach  ka-setda\n"), granted.stderr
    headed = jejak("user", "grant", "wayan", "agency_head", "ka-inspektorat", "--letter", "SK 7/2026", "--as", "admin")
    assert headed.returncode == 0, headed.stderr
    signed = sign_in("wayan", SECRET)
    held = httpx.get(
        signed.request.url.join(f"/api/v1/persons/{signed.json()['person']['id']}/offices"),
        headers={"Authorization": f"Bearer {signed.json()['token']}"},
    ).json()
    assert [(each["role"], each["agency"]) for each in (*held["roles"], *held["offices"])] == [
        ("coach", "ka-setda"),
        ("agency_head", "ka-inspektorat"),
    ]
    told = [line for line in jejak("user", "list").stdout.splitlines() if line.startswith("wayan ")]
    assert signed.json()["person"]["id"] in told[0] and told[0].endswith("coach:ka-setda, agency_head:ka-inspektorat")

    assert jejak("user", "revoke", "wayan", "coach", "ka-setda", "--reason", "Rotasi.", "--as", "admin").returncode == 0
    left = jejak("user", "revoke", "wayan", "agency_head", "ka-inspektorat", "--reason", "Rotasi.", "--as", "admin")
    assert left.returncode == 0, left.stderr
    assert [row["roles"] for row in listed(jejak, "user") if row["username"] == "wayan"] == [[]]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("ani coach ka-setda --as budi", "role.required"),
        ("admin coach ka-setda --as admin", "office.not_for_oneself"),
        ("ani coach nowhere --as admin", "agency.unknown"),
        ("ani boss ka-setda --as admin", "office.name"),
        ("ani agency_head ka-dlh --as admin", "office.letter"),
        ("ani agency_head ka-dinkes --letter SK --as admin", "claim.office"),
        ("siapa coach ka-setda --as admin", "account.unknown"),
    ],
)
def test_who_may_not_grant_or_what_is_no_role_is_said(jejak: Jejak, words: str, code: str) -> None:
    refused = jejak("user", "grant", *words.split())
    assert f"[{code}]" in refused.stderr and refused.returncode in (1, 2)


def test_an_unknown_role_is_answered_by_those_there_are(jejak: Jejak) -> None:
    refused = jejak("user", "grant", "ani", "boss", "ka-setda", "--as", "admin").stderr
    assert "official, coach, " in refused and "agency_head, regional_secretary, head_of_region" in refused


def test_the_last_administrator_of_a_region_stays_open(jejak: Jejak) -> None:
    refused = jejak("user", "close", "admin", "--as", "admin")
    assert (refused.returncode, "[account.last_admin]" in refused.stderr) == (1, True)
    for username in ("wayan", "nyoman"):
        assert jejak("user", "add", username, "--name", username, "--as", "admin", typed=SECRET).returncode == 0
    assert jejak("user", "grant", "wayan", "admin", "ka-setda", "--as", "admin").returncode == 0
    closed = jejak("user", "close", "admin", "--as", "admin")
    assert (closed.returncode, closed.stdout) == (0, "admin  ditutup / closed\n"), closed.stderr
    for told in ("close nyoman", "password admin", "add made --name Made", "grant nyoman coach ka-setda"):
        assert "[account.closed]" in jejak("user", *told.split(), "--as", "admin", typed=SECRET).stderr


def test_a_new_password_says_that_it_opens_a_closed_account_again(jejak: Jejak) -> None:
    assert "Kata sandi diganti; sesi" in jejak("user", "password", "budi", "--as", "admin", typed=SECRET).stdout
    assert jejak("user", "close", "budi", "--as", "admin").returncode == 0
    assert "terbuka lagi" in jejak("user", "password", "budi", "--as", "admin", typed=SECRET).stdout


def test_open_sessions_are_listed_by_a_readable_time(jejak: Jejak, sign_in: Callable[[str, str], Any]) -> None:
    sign_in("budi", PASSWORD)
    heading, line = jejak("token", "list").stdout.splitlines()
    assert heading.split() == ["Akun", "/", "account", "Berakhir", "/", "ends"]
    assert re.fullmatch(r"budi +\d{4}-\d\d-\d\d \d\d:\d\d WIB", line)
