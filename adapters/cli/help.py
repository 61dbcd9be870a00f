"""The help of every command in both languages, also where the library speaks English only."""

from __future__ import annotations

from typing import Any

import typer
from typer import rich_utils

rich_utils.ARGUMENTS_PANEL_TITLE = "Isian / arguments"
rich_utils.OPTIONS_PANEL_TITLE = "Opsi / options"
rich_utils.COMMANDS_PANEL_TITLE = "Perintah / commands"
rich_utils.DEFAULT_STRING = "[bawaan / default: {}]"
rich_utils.REQUIRED_LONG_STRING = "[wajib / required]"
HELP = "Tampilkan bantuan ini. / Show this help."


def command_of(app: typer.Typer) -> Any:
    """Give the command line of an application, its help options in both languages."""
    command = typer.main.get_command(app)
    _translate(command)
    return command


def _translate(command: Any) -> None:
    command.get_help_option(typer.Context(command)).help = HELP
    for below in getattr(command, "commands", {}).values():
        _translate(below)
