"""What the logs tell: one line per request with its bounds, and never a word that somebody typed or that names her."""

from __future__ import annotations

import itertools
import json
import re
import socket
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from adapters.demo.governments import person_id
from adapters.files.store import EvidenceStore
from adapters.passwords import hash_password
from adapters.postgres import directory
from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.projector import Projector
from adapters.wiring import all_views, open_desk
from application.founding import found
from application.ledger import finish
from domain.office.events import RoleGranted
from domain.people import Role
from tests.adapters.test_projector import becomes
from tests.serving import Served, serving

CANARY = re.compile(r"kenari\d|19800101200501\d{4}", re.IGNORECASE)
_numbers = itertools.count(1_000)


def canary() -> str:
    """Give a word that stands nowhere else."""
    return f"kenari{next(_numbers)}"


def number() -> str:
    """Give a number as a civil servant has one (NIP)."""
    return f"19800101200501{next(_numbers)}"


def mail() -> str:
    return f"{canary()}@contoh.go.id"


@pytest.fixture
def account(governed_url: str, tmp_path: Path) -> tuple[str, str]:
    """Give the user name and password of an official whose every word is a canary."""
    username, password, person = mail(), canary(), uuid4()
    with open_desk(governed_url, EvidenceStore(tmp_path / "evidence")) as desk:
        directory.enter_person(desk.connection, person, f"{canary()} {canary()}")
        directory.enter_account(desk.connection, username, person, hash_password(password))
        role = RoleGranted(role=Role.OFFICIAL, agency="ka-dinkes", region="KA")
        finish(found(desk.house, person, "KA", [role], on=date(2025, 1, 1)))
    Projector(governed_url, all_views()).catch_up()
    return username, password


class Walk:
    """Somebody who goes through the service and remembers which requests she made, and what came back."""

    def __init__(self, served: Served) -> None:
        headers = {"User-Agent": canary(), "Accept-Language": canary(), "Referer": f"http://{canary()}/"}
        self._client = httpx.Client(base_url=f"{served.url}/api/v1", headers=headers, timeout=30)
        self.made: dict[str, int] = {}
        self.position = "0"

    def ask(self, method: str, path: str, status: int, **more: Any) -> httpx.Response:
        answer = self._client.request(method, path, **more)
        self.made[answer.headers["X-Request-Id"]] = answer.status_code
        self.position = answer.headers["Jejak-Position"]
        assert answer.status_code == status, answer.text
        return answer

    def signed_in(self, username: str, password: str) -> str:
        answer = self.ask("POST", "/sessions", 201, json={"username": username, "password": password})
        token: str = answer.json()["token"]
        self._client.headers["Authorization"] = f"Bearer {token}"
        return token


def idea(**more: Any) -> dict[str, Any]:
    wanted = {"title": canary(), "problem": f"{canary()} {number()} {mail()}", "note": canary()}
    return {**wanted, "affairs": ["URS-02"], "initiator": "civil_servant", **more}


def fail_to_sign_in(walk: Walk, username: str) -> None:
    walk.ask("POST", "/sessions", 401, json={"username": username, "password": canary()})
    walk.ask("POST", "/sessions", 401, json={"username": number(), "password": canary()})
    walk.ask("POST", "/sessions", 400, content=f'{{"username": "{canary()}')
    walk.ask("POST", "/sessions", 422, json={"username": canary(), "password": 7, canary(): canary()})
    walk.ask("GET", "/worklist", 401, headers={"Authorization": f"Bearer {canary()}"})


def write(walk: Walk) -> str:
    """Write a case, and everything about it that can be refused."""
    whole = idea()
    case: str = walk.ask("POST", "/innovations", 201, json=whole, headers={"Idempotency-Key": canary()}).json()["id"]
    walk.ask("POST", "/innovations", 409, json=whole)
    walk.ask("POST", "/innovations", 422, json=idea(initiator=canary(), cost=canary(), **{canary(): mail()}))
    walk.ask("POST", "/innovations", 422, json=idea(agency=canary(), occurred_on="9999-12-31", unit=canary()))
    walk.ask("POST", "/innovations", 403, json=idea(acting_for=canary()))
    here = f"/innovations/{case}"
    told = {"design": f"{canary()} " * 300, "goals": canary(), "benefits": canary(), "reason": canary()}
    walk.ask("POST", f"{here}/revise-profile", 200, json=told)
    walk.ask("POST", f"{here}/revise-profile", 422, json={"answers": [{"note": canary(), "text": canary()}]})
    walk.ask("POST", f"{here}/stop", 400, json={"reason": canary()}, headers={"If-Match": canary()})
    walk.ask("POST", f"{here}/endorse", 422, json={"choice": canary(), "reason": canary()})
    received = walk.ask("PUT", f"{here}/evidence", 200, content=canary(), headers={"Content-Type": f"text/{canary()}"})
    document = {"description": canary(), "issuer": canary(), "url": f"https://{canary()}.go.id", "kind": "report"}
    digest = {"digest": received.json()["digest"], "size": received.json()["size"], "media_type": "text/plain"}
    walk.ask("POST", f"{here}/attach-evidence", 200, json={**document, **digest})
    return here


def read(walk: Walk, here: str) -> None:
    for path in (here, f"{here}/history", f"{here}/actions?acting_for={canary()}", f"/innovations?q={canary()}"):
        walk.ask("GET", path, 200)
    for path in (f"/innovations?{canary()}={canary()}", f"/innovations?cursor={canary()}", f"{here}?as_of={mail()}"):
        walk.ask("GET", path, 422)
    for path in (f"/innovations/{canary()}", f"/{canary()}", f"/rulebooks/{canary()}/1", f"/persons/{mail()}/offices"):
        walk.ask("GET", path, 404)
    walk.ask("GET", "/worklist", 400, headers={"Jejak-Min-Position": canary()})
    walk.ask("PROPFIND", f"/{canary()}", 404)


def break_down(walk: Walk, database_url: str, server: EmbeddedPostgres) -> None:
    """Let an error of ours quote the value it fell over; then take the database away."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "CREATE OR REPLACE FUNCTION view.wanted(words text) RETURNS tsquery LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'cannot read %', words; END $$"
        )
        name = connection.info.dbname
        reached = "SELECT FROM view.checkpoint WHERE position >= %s"
        assert becomes(lambda: connection.execute(reached, [walk.position]).fetchone() is not None)
    walk.ask("GET", f"/innovations?q={canary()}", 500)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        walk.ask("POST", "/sessions", 503, json={"username": mail(), "password": canary()})
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())


def talk_nonsense(served: Served) -> None:
    with socket.create_connection((httpx.URL(served.url).host, httpx.URL(served.url).port or 0)) as line:
        line.sendall(f"{canary()} /{canary()} {canary()}\r\n\r\n".encode())
        assert b"400" in line.recv(1_000)


def test_every_request_has_one_line_and_no_line_repeats_what_was_said(
    server: EmbeddedPostgres, governed_url: str, tmp_path: Path, account: tuple[str, str]
) -> None:
    username, password = account
    with serving(governed_url, tmp_path) as served:
        walk = Walk(served)
        fail_to_sign_in(walk, username)
        token = walk.signed_in(username, password)
        read(walk, write(walk))
        talk_nonsense(served)
        break_down(walk, governed_url, server)
    told = served.log.read_text(encoding="utf-8")
    assert CANARY.findall(told) == []
    assert token not in told
    lines = [json.loads(line) for line in told.splitlines()]
    canonical = [line for line in lines if line["event"] == "request"]
    assert {line["request"]: line["status"] for line in canonical} == walk.made
    assert len(canonical) == len(walk.made)
    assert all({"method", "route", "milliseconds", "level", "timestamp"} <= line.keys() for line in canonical)
    (failed,) = (line for line in lines if line["event"] == "request_failed")
    assert walk.made[failed["request"]] == 500
    assert failed["exception"].endswith("psycopg.errors.RaiseException\n")


def test_a_command_is_told_with_its_person_and_case(
    governed_url: str, tmp_path: Path, account: tuple[str, str]
) -> None:
    with serving(governed_url, tmp_path) as served:
        walk = Walk(served)
        walk.signed_in("ani", "jejak-demo")
        born = walk.ask("POST", "/innovations", 201, json=idea())
    line = json.loads(served.log.read_text(encoding="utf-8").splitlines()[-1])
    assert line["person"] == str(person_id("ani"))
    assert (line["case"], line["position"]) == (born.json()["case_number"], born.headers["Jejak-Position"])
    assert (line["method"], line["route"], line["status"]) == ("POST", "/api/v1/innovations", 201)
