"""What the command line says: results on standard output, all else on standard error, nothing wrapped or styled."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import typer
from rich.console import Console

NOBODY_READS = 141  # as of a program that SIGPIPE ended


class Voice(Console):
    """A console that falls silent when its reader leaves (`| head -1`)."""

    def on_broken_pipe(self) -> NoReturn:
        """End the command quietly."""
        hang_up()


def hang_up() -> NoReturn:
    """End the command because nobody reads its output any more."""
    fall_silent()
    raise typer.Exit(NOBODY_READS)


def fall_silent() -> None:
    """Let what was not written yet go nowhere: it would be tried again, and complained about, at the very end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def write(content: bytes) -> None:
    """Write a document to standard output, whole."""
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    except BrokenPipeError:
        hang_up()


out = Voice(soft_wrap=True, highlight=False, markup=False, emoji=False)
err = Voice(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)
