"""A real installation is founded once, asked at a terminal or told by the environment; a demonstration stays one."""

from __future__ import annotations

import os
import pty
import re
import select
import shlex
import signal
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx

from adapters.catalogue import both
from adapters.cli.founding import QUESTIONS
from adapters.cli.secret import AGAIN
from adapters.demo.governments import PASSWORD
from tests import forked

ROOT = Path(__file__).parents[2]
README_STEP = re.compile(r"^\.venv/bin/jejak ((?:agency|user) .*)$", re.MULTILINE)
SECRET = "kopi tubruk pagi hari"
ANSWERS = {
    "level": "kabupaten",
    "region": "Contoh",
    "code": "CTH",
    "zone": "WIT",
    "agency": "Sekretariat Daerah",
    "name": "Rahmi Nurhayati",
    "username": "rahmi",
    "password": SECRET,
}
TOLD = {question.variable: ANSWERS[question.field] for question in QUESTIONS}
WAIT_SECONDS_MAX = 60
Told = Mapping[str, str]
NOTHING: Told = {}


class Serving:
    """A service being started; `terminal` is its keyboard and screen when it has one."""

    def __init__(self, database_url: str, home: Path, flag: str, told: Told, *, terminal: bool) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as door:
            self.port = door.getsockname()[1]
        self.terminal: int | None = None
        theirs = subprocess.DEVNULL
        if terminal:
            self.terminal, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "adapters.cli", "serve", "--port", str(self.port), flag],
            cwd=ROOT,
            env={**os.environ, "JEJAK_DATABASE_URL": database_url, "JEJAK_HOME": str(home), "COLUMNS": "500", **told},
            stdin=theirs,
            stdout=theirs if terminal else subprocess.PIPE,
            stderr=theirs if terminal else subprocess.STDOUT,
            start_new_session=True,
        )
        if terminal:
            os.close(theirs)

    def reads(self, awaited: str) -> str:
        """Give what the terminal shows up to the words awaited."""
        assert self.terminal is not None
        shown = b""
        while awaited.encode() not in shown:
            assert select.select([self.terminal], [], [], WAIT_SECONDS_MAX)[0], shown.decode()
            shown += os.read(self.terminal, 1_000)
        return shown.decode(errors="replace")

    def types(self, line: str, *, hidden: bool = False) -> None:
        assert self.terminal is not None
        for _ in range(WAIT_SECONDS_MAX * 100) if hidden else ():
            if not termios.tcgetattr(self.terminal)[3] & termios.ECHO:
                break
            time.sleep(0.01)  # what is typed before the terminal is silent is thrown away
        os.write(self.terminal, f"{line}\n".encode())

    def said(self) -> tuple[int, str]:
        """Wait for the end and give exit code and output."""
        said, _ = self.process.communicate(timeout=WAIT_SECONDS_MAX)
        return self.process.returncode, said.decode()

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """Give a client once the service answers; it tries to connect for a minute."""
        patient = httpx.HTTPTransport(retries=8)
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}", transport=patient) as client:
            assert client.get("/health/live").status_code == 200
            yield client


@contextmanager
def serving(
    database_url: str, home: Path, flag: str, told: Told = NOTHING, *, terminal: bool = False
) -> Iterator[Serving]:
    started = Serving(database_url, home, flag, told, terminal=terminal)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.process.send_signal(signal.SIGINT)
            started.process.wait(WAIT_SECONDS_MAX)
        if started.terminal is not None:
            os.close(started.terminal)


def as_rahmi(client: httpx.Client) -> None:
    signed = client.post("/api/v1/sessions", json={"username": "rahmi", "password": SECRET})
    assert signed.status_code == 201, signed.text
    client.headers["Authorization"] = f"Bearer {signed.json()['token']}"


def test_at_a_terminal_every_question_is_asked_and_an_unfit_answer_asked_again(
    database_url: str, tmp_path: Path
) -> None:
    with serving(database_url, tmp_path, "--no-demo", terminal=True) as service:
        for question in QUESTIONS:
            service.reads(question.asked)
            hidden = question.field == "password"
            service.types("", hidden=hidden)
            service.reads(f"{question.reason}\r\n{question.asked}")
            service.types(ANSWERS[question.field], hidden=hidden)
        service.reads(AGAIN)
        service.types("lain", hidden=True)
        service.reads(f"{both('password.differs')}\r\n{QUESTIONS[-1].asked}")
        service.types(SECRET, hidden=True)
        service.reads(AGAIN)
        service.types(SECRET, hidden=True)
        shown = service.reads("Ctrl-C")
        with service.client() as client:
            as_rahmi(client)
            me = client.post("/api/v1/sessions", json={"username": "rahmi", "password": SECRET}).json()["person"]
            held = client.get(f"/api/v1/persons/{me['id']}/offices").json()
    assert SECRET not in shown
    assert me["name"] == "Rahmi Nurhayati"
    assert "admin" in str(held)
    assert "cth-sekretariat-daerah" in str(held)


def test_the_environment_founds_it_once_and_the_next_start_goes_on(database_url: str, tmp_path: Path) -> None:
    with serving(database_url, tmp_path, "--no-demo", TOLD) as service, service.client() as client:
        as_rahmi(client)
    with serving(database_url, tmp_path, "--no-demo") as service, service.client() as client:
        as_rahmi(client)


def test_the_steps_of_the_readme_lead_to_an_official_with_an_idea(database_url: str, tmp_path: Path) -> None:
    here = {"JEJAK_DATABASE_URL": database_url, "JEJAK_HOME": str(tmp_path)}
    steps = README_STEP.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(steps) == 4
    with serving(database_url, tmp_path, "--no-demo", TOLD) as service, service.client() as client:
        for step in steps:
            done = forked.jejak(*shlex.split(step, comments=True), typed=SECRET.encode(), told=here)
            assert done.returncode == 0, done.stderr.decode()
        signed = client.post("/api/v1/sessions", json={"username": "budi", "password": SECRET}).json()
        idea = {"title": "T", "problem": "P", "affairs": ["URS-02"], "initiator": "agency"}
        client.headers["Authorization"] = f"Bearer {signed['token']}"
        assert client.post("/api/v1/innovations", json=idea).status_code == 201
        as_rahmi(client)
        today = datetime.now(UTC).date().isoformat()
        letter = {"kind": "plh", "letter": "SPT 1/2026", "starts_on": today, "ends_on": today}
        deciding = {"office": f"regional_secretary:{ANSWERS['code']}", **letter}
        path = f"/api/v1/persons/{signed['person']['id']}/grant-delegation"
        assert client.post(path, json=deciding).status_code == 200, "the region has a seat"


def test_without_a_terminal_what_is_missing_is_named_and_nothing_is_founded(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(f"{SECRET}\n")
    told = {**TOLD, "JEJAK_FOUND_PASSWORD_FILE": str(tmp_path / "password"), "JEJAK_FOUND_ZONE": "UTC"}
    del told["JEJAK_FOUND_PASSWORD"], told["JEJAK_FOUND_AGENCY"]
    with serving(database_url, tmp_path, "--no-demo", told) as service:
        code, said = service.said()
    assert code == 2
    missing, agency, zone = said.splitlines()
    assert "tidak ada terminal" in missing and agency.split()[0] == "JEJAK_FOUND_AGENCY"
    assert "JEJAK_FOUND_ZONE sudah diisi, tetapi tidak sesuai" in zone
    assert "Pilih salah satu: WIB, WITA, WIT." in zone and "Choose one of: WIB, WITA, WIT." in zone
    with serving(database_url, tmp_path, "--no-demo", {**told, **TOLD}) as service, service.client() as client:
        as_rahmi(client)


def test_a_demonstration_never_becomes_a_real_one(database_url: str, tmp_path: Path) -> None:
    with serving(database_url, tmp_path, "--demo") as service, service.client():
        service.process.send_signal(signal.SIGINT)
        code, said = service.said()
    assert (code, said.splitlines()[-1]) == (0, "Dihentikan. / Stopped.")
    shown = said.partition("jejak user list")[0]
    assert "  ani (inovator / innovator), " in shown and PASSWORD in shown and "impor" not in shown
    with serving(database_url, tmp_path, "--no-demo", TOLD) as service:
        code, said = service.said()
    assert (code, "[database.demonstration]" in said) == (1, True)


def test_a_real_one_never_takes_the_demonstration(database_url: str, tmp_path: Path) -> None:
    with serving(database_url, tmp_path, "--no-demo", TOLD) as service, service.client():
        pass
    with serving(database_url, tmp_path, "--demo") as service:
        code, said = service.said()
    assert (code, "[database.real]" in said) == (1, True)
