"""Names and passwords of accounts, typed by a person or given by a program."""

from __future__ import annotations

import sys

import typer

from domain.errors import Blocker, Refused

USERNAME = r"[a-z0-9][a-z0-9._@-]{1,99}"
PASSWORD_LETTERS_MIN = 12
PASSWORD_LETTERS_MAX = 1_000
AGAIN = "Sekali lagi / once more"


def read_password() -> str:
    """Give a new password: typed twice at a terminal, otherwise the first line of standard input."""
    if sys.stdin.isatty():
        typed = str(typer.prompt("Kata sandi baru / new password", hide_input=True, confirmation_prompt=AGAIN))
    else:
        typed = sys.stdin.readline().rstrip("\r\n")
    if not PASSWORD_LETTERS_MIN <= len(typed) <= PASSWORD_LETTERS_MAX:
        raise Refused(Blocker("password.length", {"least": PASSWORD_LETTERS_MIN, "most": PASSWORD_LETTERS_MAX}))
    return typed
