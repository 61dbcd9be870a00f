"""Every command, and what becomes of an error."""

from __future__ import annotations

import sys
from io import TextIOWrapper

import typer

from adapters.catalogue import both
from adapters.cli import STOPPED, agencies, bench, demo, docs, keep, operate, snapshots, tell, users
from adapters.cli.help import command_of
from adapters.cli.mistakes import told
from adapters.cli.voice import err, fall_silent
from adapters.collector import settle_memory
from adapters.signals import stopping

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Jejak: arsip perkara inovasi daerah. / The case file of innovation in local government.",
)
for commands in (operate, tell, keep, users, docs, agencies, demo, bench, snapshots):
    commands.register(app)


def run() -> int:
    """Run the command that was typed and give its exit code."""
    settle_memory()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter shows its number
    try:
        with stopping():
            code = command_of(app)(standalone_mode=False) or 0
        sys.stdout.flush()
    except typer.Abort:
        code = STOPPED
    except Exception as error:
        found = told(error)
        if found is None:
            raise
        code, sentence = found
        fall_silent()
        if sentence:
            err.print(sentence)
    if code == STOPPED:
        err.print(both("stopped"))
    return int(code)
