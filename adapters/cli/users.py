"""Commands about who can sign in, and as what: accounts, passwords, roles, and the tokens of open sessions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import uuid4

import msgspec
import typer

from adapters.catalogue import both
from adapters.cli.acting import As, check_not_last, managed, officer_of, own_desk, regions_of_admin, who_acts
from adapters.cli.offices import grant, revoke
from adapters.cli.secret import USERNAME, read_password
from adapters.cli.voice import out, write
from adapters.passwords import hash_password
from adapters.postgres import directory
from adapters.wiring import Desk
from application.views.view import DAYS
from domain.errors import Blocker, Refused, invalid

STATE = {True: "terbuka / open", False: "ditutup / closed"}
Name = Annotated[str, typer.Argument(help="Nama pengguna / username")]
Json = Annotated[bool, typer.Option("--json", help="Untuk program / for programs")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    user = typer.Typer(no_args_is_help=True, help="Kelola akun. / Manage accounts.")
    user.command("add")(add)
    user.command("password")(change_password)
    user.command("close")(close)
    user.command("grant")(grant)
    user.command("revoke")(revoke)
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
    with own_desk() as desk:
        regions_of_admin(desk, acting)
        if re.fullmatch(USERNAME, username) is None:
            raise Refused(Blocker("account.name"))
        if directory.person_of(desk.connection, username) is not None:
            raise Refused(Blocker("account.taken", {"username": username}))
        person = uuid4() if also is None else managed(desk, acting, also)
        hashed = hash_password(read_password())
        with desk.connection.transaction():
            if name is not None:
                directory.enter_person(desk.connection, person, name.strip())
            directory.enter_account(desk.connection, username, person, hashed)
    out.print(f"{username}  {person}")


def change_password(username: Name, acting: As) -> None:
    """Ganti kata sandi; semua sesi akun ini berakhir. / Change a password; every session of the account ends."""
    with own_desk() as desk:
        _check_may_open(desk, acting, username)
        was_open = directory.is_open(desk.connection, username)
        _set_password(desk, username, hash_password(read_password()))
    out.print(f"{username}  {both('password.changed' if was_open else 'password.reopened')}")


def close(username: Name, acting: As) -> None:
    """Tutup akun: tidak dapat masuk lagi. / Close an account: nobody signs in with it any more."""
    with own_desk() as desk:
        managed(desk, acting, username)
        check_not_last(desk, username)
        _set_password(desk, username, None)
    out.print(f"{username}  {STATE[False]}")


def list_users(*, as_json: Json = False) -> None:
    """Tampilkan semua akun dan perannya. / Show every account and its roles."""
    with own_desk() as desk:
        accounts = directory.list_accounts(desk.connection)
        found = [{**row, "roles": _roles(desk, row)} for row in accounts]
    if as_json:
        write(msgspec.json.encode(found) + b"\n")
        return
    rows = [(row["username"], row["name"], row["person"], STATE[row["open"]], ", ".join(row["roles"])) for row in found]
    _show(("Akun / account", "Nama / name", "Id", "Keadaan / state", "Peran / roles"), rows)


def list_tokens(*, as_json: Json = False) -> None:
    """Tampilkan sesi yang terbuka, tanpa tokennya. / Show open sessions, not their tokens."""
    with own_desk() as desk:
        found = directory.list_sessions(desk.connection)
    if as_json:
        write(msgspec.json.encode(found) + b"\n")
        return
    rows = [(row["username"], row["expires_at"].astimezone(DAYS).strftime("%Y-%m-%d %H:%M %Z")) for row in found]
    _show(("Akun / account", "Berakhir / ends"), rows)


def end_tokens(username: Name, acting: As) -> None:
    """Akhiri semua sesi satu akun. / End every session of an account."""
    with own_desk() as desk:
        _check_may_open(desk, acting, username)
        ended = directory.end_sessions(desk.connection, username)
    out.print(f"Sesi diakhiri / sessions ended: {ended}")


def _check_may_open(desk: Desk, acting: str, username: str) -> None:
    """Refuse who is neither the account's own person nor its administrator."""
    if acting == username:
        who_acts(desk, username)
    else:
        managed(desk, acting, username)


def _set_password(desk: Desk, username: str, password_hash: str | None) -> None:
    with desk.connection.transaction():
        directory.set_password(desk.connection, username, password_hash)
        directory.end_sessions(desk.connection, username)


def _roles(desk: Desk, account: dict[str, Any]) -> list[str]:
    """Give what the person of an account may act as in her own right."""
    them = officer_of(desk, account["person"])
    return list(dict.fromkeys(held.office for held in (*them.roles, *them.offices)))  # an auditor of many regions: once


def _show(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table whole, also where lines are short: an id that is cut off helps nobody."""
    if not rows:
        out.print("Tidak ada. / None.")
        return
    lines = [headings, *(tuple(map(str, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        out.print("  ".join(f"{cell:{width}}" for cell, width in zip(line, widths, strict=True)).rstrip())
