"""Commands about who can sign in: accounts, their passwords, and the tokens of open sessions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID, uuid4

import msgspec
import typer
from rich.table import Table

from adapters.cli.secret import USERNAME, read_password
from adapters.cli.voice import out, write
from adapters.passwords import hash_password
from adapters.postgres import directory
from adapters.settings import Settings
from adapters.wiring import Desk, database, evidence_store, open_desk
from application.ledger import finish
from application.streams import officer
from domain.errors import Blocker, Refused, invalid
from domain.people import Role

Name = Annotated[str, typer.Argument(help="Nama pengguna / username")]
As = Annotated[str, typer.Option("--as", help="Nama pengguna Anda / your own username")]
Json = Annotated[bool, typer.Option("--json", help="Untuk program / for programs")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    user = typer.Typer(no_args_is_help=True, help="Kelola akun. / Manage accounts.")
    user.command("add")(add)
    user.command("password")(change_password)
    user.command("close")(close)
    user.command("list")(list_users)
    token = typer.Typer(no_args_is_help=True, help="Kelola sesi yang terbuka. / Manage open sessions.")
    token.command("list")(list_tokens)
    token.command("end")(end_tokens)
    app.add_typer(user, name="user")
    app.add_typer(token, name="token")


def add(
    username: Name,
    acting: As,
    name: Annotated[str | None, typer.Option(help="Nama lengkap orang baru / full name of a new person")] = None,
    also: Annotated[str | None, typer.Option(help="Akun lain orang ini / another account of the person")] = None,
) -> None:
    """Buat akun; kata sandi ditanyakan atau dibaca dari stdin. / Make an account; its password is asked or read."""
    if (name is None) == (also is None) or (name is not None and not name.strip()):
        raise invalid("account.whose", "")
    with _desk() as desk:
        _admin(desk, acting)
        if re.fullmatch(USERNAME, username) is None:
            raise Refused(Blocker("account.name"))
        if directory.person_of(desk.connection, username) is not None:
            raise Refused(Blocker("account.taken", {"username": username}))
        person = uuid4() if also is None else _managed(desk, acting, also)
        hashed = hash_password(read_password())
        with desk.connection.transaction():
            if name is not None:
                directory.enter_person(desk.connection, person, name.strip())
            directory.enter_account(desk.connection, username, person, hashed)
    out.print(f"{username}  {person}")


def change_password(username: Name, acting: As) -> None:
    """Ganti kata sandi; semua sesi akun ini berakhir. / Change a password; every session of the account ends."""
    with _desk() as desk:
        if acting != username:
            _managed(desk, acting, username)
        _person(desk, username)
        _set_password(desk, username, hash_password(read_password()))


def close(username: Name, acting: As) -> None:
    """Tutup akun: tidak dapat masuk lagi. / Close an account: nobody signs in with it any more."""
    with _desk() as desk:
        _managed(desk, acting, username)
        _set_password(desk, username, None)


def list_users(*, as_json: Json = False) -> None:
    """Tampilkan semua akun. / Show every account."""
    with _desk() as desk:
        found = directory.list_accounts(desk.connection)
    _show(found, as_json=as_json)


def list_tokens(*, as_json: Json = False) -> None:
    """Tampilkan sesi yang terbuka, tanpa tokennya. / Show open sessions, not their tokens."""
    with _desk() as desk:
        found = directory.list_sessions(desk.connection)
    _show(found, as_json=as_json)


def end_tokens(username: Name, acting: As) -> None:
    """Akhiri semua sesi satu akun. / End every session of an account."""
    with _desk() as desk:
        if acting != username:
            _managed(desk, acting, username)
        _person(desk, username)
        ended = directory.end_sessions(desk.connection, username)
    out.print(f"Sesi diakhiri / sessions ended: {ended}")


# Who may


@contextmanager
def _desk() -> Iterator[Desk]:
    settings = Settings()
    with database(settings) as url, open_desk(url, evidence_store(settings)) as desk:
        yield desk


def _person(desk: Desk, username: str) -> UUID:
    person = directory.person_of(desk.connection, username)
    if person is None:
        raise Refused(Blocker("account.unknown", {"username": username}))
    return person


def _admin(desk: Desk, acting: str) -> frozenset[str]:
    """Give the regions somebody administers; refused when there are none."""
    me = finish(officer(desk.house, _person(desk, acting)))
    regions = frozenset(held.region for held in me.roles if held.role is Role.ADMIN)
    if not regions:
        raise Refused(Blocker("role.required", {"roles": Role.ADMIN}))
    return regions


def _managed(desk: Desk, acting: str, username: str) -> UUID:
    """Give the person of an account that is the administrator's to manage: of her regions, or of none yet."""
    regions, person = _admin(desk, acting), _person(desk, username)
    them = finish(officer(desk.house, person))
    theirs = {held.region for held in (*them.roles, *them.offices)} | {d.region for d in them.delegations}
    if theirs and not regions & theirs:
        raise Refused(Blocker("account.elsewhere", {"username": username}))
    return person


def _set_password(desk: Desk, username: str, password_hash: str | None) -> None:
    with desk.connection.transaction():
        directory.set_password(desk.connection, username, password_hash)
        directory.end_sessions(desk.connection, username)


def _show(rows: list[dict[str, object]], *, as_json: bool) -> None:
    if as_json:
        write(msgspec.json.encode(rows) + b"\n")
        return
    if not rows:
        out.print("Tidak ada. / None.")
        return
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*map(str, row.values()))
    out.print(table, soft_wrap=False)
