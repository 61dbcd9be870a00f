"""The server process of a home: made, looked at, and shut down. Callers hold the home's turn."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from adapters.postgres.embedded_home import PORT, EmbeddedPostgresError, Home

OWNER: Final = "jejak"

INITDB_SECONDS_MAX: Final = 120.0
STOP_SECONDS_MAX: Final = 60.0
QUIT_SECONDS_MAX: Final = 10.0
POLL_SECONDS: Final = 0.01
LOG_TAIL_BYTES: Final = 2_000
STATUS_LINE: Final = 7  # of postmaster.pid

# A survivor of a killed server still holds its memory: it notices within moments, so this alone is worth another try.
SURVIVORS: Final = b"pre-existing shared memory block"


def running(home: Home) -> tuple[int | None, str]:
    """Read the server's own record: its process and status; a record without its process says nothing."""
    lines = _record(home)
    if not lines or not lines[0].isdigit() or not _works_in(int(lines[0]), home.data):
        return None, ""
    return int(lines[0]), lines[STATUS_LINE].strip() if len(lines) > STATUS_LINE else ""


def launch(home: Home, settings: Mapping[str, str]) -> Child:
    """Start the server as a child of ours, in a session of its own so that Ctrl-C reaches us first."""
    programs = home.programs()
    if not (home.data / "PG_VERSION").exists():
        _initialise(home, programs)
    _disarm_stale_locks(home)
    _say_who_may_come_in(home)
    log = home.open_log()
    try:
        with home.as_server() as (seen, arguments):
            process = subprocess.Popen(  # noqa: S603  our own program, our own arguments
                [programs / "postgres", "-D", seen / home.data.name, *_options(home, seen, settings)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **arguments,
            )
        return Child(home, process)
    finally:
        os.close(log)


def shut_down(home: Home) -> None:
    """Stop the server and wait until it is gone: fast, and when that takes too long at once (it recovers by itself)."""
    for asked, seconds_max in ((signal.SIGINT, STOP_SECONDS_MAX), (signal.SIGQUIT, QUIT_SECONDS_MAX)):
        found = running(home)[0]
        if found is None:
            break
        os.kill(found, asked)
        if _becomes_true(lambda: running(home)[0] is None, seconds_max):
            break
    else:
        raise EmbeddedPostgresError("embedded.stop", said_last(home))
    home.sweep()


def said_last(home: Home) -> str:
    """Quote the end of the server's log."""
    text = home.log.read_bytes()[-LOG_TAIL_BYTES:] if home.log.exists() else b""
    return f"{home.log}:\n{text.decode(errors='replace')}"


class Child:
    """The server process we made, waited for in the background: as a zombie it would block the next start."""

    def __init__(self, home: Home, process: subprocess.Popen[bytes]) -> None:
        self._home = home
        self._process = process
        threading.Thread(target=process.wait, name="embedded-postgres", daemon=True).start()

    def gave_up(self) -> bool:
        """Tell whether it ended before it was ready; raises unless another try is worth it."""
        code = self._process.poll()
        if code is not None and SURVIVORS not in self._home.log.read_bytes()[-LOG_TAIL_BYTES:]:
            raise EmbeddedPostgresError("embedded.start", said_last(self._home))
        return code is not None

    def end(self) -> None:
        """Take the start back."""
        self._process.send_signal(signal.SIGINT)
        if not _becomes_true(lambda: self._process.poll() is not None, QUIT_SECONDS_MAX):
            self._process.kill()


def _initialise(home: Home, programs: Path) -> None:
    """Make the cluster beside its place and move it there whole: half a cluster would never start."""
    fresh = home.path / "postgres.new"
    shutil.rmtree(fresh, ignore_errors=True)
    home.make_private(fresh)
    options = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    access = [f"--username={OWNER}", "--auth-local=peer", "--auth-host=reject", "--no-instructions"]
    with home.as_server() as (seen, arguments):
        made = subprocess.run(  # noqa: S603
            [programs / "initdb", "-D", seen / fresh.name, *options, *access],
            capture_output=True,
            timeout=INITDB_SECONDS_MAX,
            check=False,
            start_new_session=True,  # Ctrl-C is for us
            **arguments,
        )
    if made.returncode != 0:
        raise EmbeddedPostgresError("embedded.initdb", made.stderr.decode(errors="replace"))
    fresh.rename(home.data)
    _sync(home.path)


def _disarm_stale_locks(home: Home) -> None:
    """Let no left-over record stop the start: after a restart its number may be another process's.

    PostgreSQL takes a record with its parent's number for stale, and still looks for survivors by the rest of it.
    """
    for left in home.socket_folder.glob(".s.PGSQL.*"):
        left.unlink()
    record = home.data / "postmaster.pid"
    if lines := _record(home):
        fresh = home.path / "postmaster.pid.new"
        fresh.write_text("\n".join([str(os.getpid()), *lines[1:], ""]))
        os.chown(fresh, home.account.user, home.account.group)
        fresh.replace(record)
    else:
        record.unlink(missing_ok=True)


def _say_who_may_come_in(home: Home) -> None:
    idents = "".join(f'jejak "{name}" {OWNER}\n' for name in home.account.names())
    hba = "local all all peer map=jejak\nlocal replication all peer map=jejak\n"
    for name, text in (("postgres.hba", hba), ("postgres.ident", idents)):
        fresh = home.path / f"{name}.new"
        fresh.write_text(text)
        fresh.chmod(0o644)
        fresh.replace(home.path / name)


def _options(home: Home, seen: Path, settings: Mapping[str, str]) -> list[str]:
    folder = home.socket_folder
    if folder.is_relative_to(home.path):
        folder = seen / folder.relative_to(home.path)
    quoted = str(folder).replace('"', '""')
    ours = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": f'"{quoted}"',
        "unix_socket_permissions": "0700",
        "hba_file": str(seen / "postgres.hba"),
        "ident_file": str(seen / "postgres.ident"),
    }
    return [part for name, value in ({**settings, **ours}).items() for part in ("-c", f"{name}={value}")]


def _record(home: Home) -> list[str]:
    try:
        return (home.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _works_in(process: int, folder: Path) -> bool:
    """Tell whether a process lives and works in this folder, as a server does in its data; a zombie works nowhere."""
    if not Path("/proc/self").exists():
        return _lives(process)
    try:
        return Path(f"/proc/{process}/cwd").samefile(folder)
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False  # what we may not look at is another account's, so not our server


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _becomes_true(question: Callable[[], bool], seconds_max: float) -> bool:
    deadline = time.monotonic() + seconds_max
    while not question():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
