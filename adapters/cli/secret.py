"""Names and passwords of accounts, typed by a person or given by a program."""

from __future__ import annotations

import re
import sys

import typer

from adapters.catalogue import both
from adapters.cli.voice import err
from domain.errors import Blocker, Refused

USERNAME = r"[a-z0-9][a-z0-9._@-]{1,99}"
LETTERS_MIN, LETTERS_MAX = 12, 1_000
PASSWORD = f".{{{LETTERS_MIN},{LETTERS_MAX}}}"
AGAIN = "Sekali lagi / once more"


def password_length() -> Blocker:
    """Say how long a password has to be."""
    return Blocker("password.length", {"least": LETTERS_MIN, "most": LETTERS_MAX})


def read_password() -> str:
    """Give a new password: typed twice at a terminal, otherwise the first line of standard input."""
    if sys.stdin.isatty():
        typed = ask_password("Kata sandi baru / new password")
    else:
        typed = sys.stdin.readline().rstrip("\r\n")
    if not re.fullmatch(PASSWORD, typed):
        raise Refused(password_length())
    return typed


def ask_password(asked: str) -> str:
    """Give what was typed twice alike; shown to nobody."""
    while True:
        typed = ask(f"{asked} (≥ {LETTERS_MIN})", hidden=True)
        if not typed or ask(AGAIN, hidden=True) == typed:
            return typed
        err.print(both("password.differs"))


def ask(asked: str, *, hidden: bool = False) -> str:
    """Give what is typed at the terminal, also when it is nothing."""
    return str(typer.prompt(asked, default="", show_default=False, hide_input=hidden))
