"""What went wrong, as an exit code and a sentence in both languages: the one place where errors become words."""

from __future__ import annotations

import errno
import tarfile
from typing import Any

import psycopg
import typer
from psycopg import errors
from pydantic import ValidationError

from adapters.catalogue import both, text
from adapters.postgres.embedded import EmbeddedPostgresError
from adapters.postgres.migrate import SchemaChanged
from domain.errors import DomainError, InvalidInput

REFUSED, WRONG_USE, NOT_REACHABLE = 1, 2, 3
OF_FILES = {
    errno.ENOENT: "file.missing",
    errno.EISDIR: "file.is_folder",
    errno.ENOTDIR: "file.no_folder",
    errno.EACCES: "file.forbidden",
    errno.EPERM: "file.forbidden",
    errno.EROFS: "file.read_only",
    errno.ENOSPC: "file.no_space",
    errno.EDQUOT: "file.no_space",
}


def told(error: Exception) -> tuple[int, str] | None:
    """Give the exit code of an error and what there is to say; None when it is a fault of ours and not a mistake."""
    match error:
        case typer.TyperException():
            return WRONG_USE, _usage(error)
        case DomainError():
            blocker = error.blockers[0]
            code = WRONG_USE if isinstance(error, InvalidInput) else REFUSED
            return code, f"{both(blocker.code, **blocker.params)} [{blocker.code}]"
        case EmbeddedPostgresError():
            return NOT_REACHABLE, "\n".join(filter(None, [both(error.code, **error.params), error.log]))
        case psycopg.Error():
            return _of_database(error)
        case SchemaChanged():
            return REFUSED, both("database.changed", name=str(error))
        case tarfile.TarError():
            return REFUSED, both("restore.not_a_backup")
        case OSError():
            reason = OF_FILES.get(error.errno or 0, "file.failed")
            return REFUSED, both(reason, file=error.filename or "-", reason=error.strerror or str(error))
        case UnicodeError():
            return WRONG_USE, both("text.unreadable")
    return None


def _of_database(error: psycopg.Error) -> tuple[int, str] | None:
    match error:
        case errors.LockNotAvailable() | errors.QueryCanceled():
            return NOT_REACHABLE, both("database.busy")
        case psycopg.OperationalError():
            return NOT_REACHABLE, f"{both('database.unreachable')}\n{_reason(error)}"
        case errors.InvalidSchemaName() | errors.UndefinedTable() | errors.UndefinedColumn():
            return REFUSED, both("database.empty")
        case errors.InvalidParameterValue():  # of SET ROLE: our roles come with the schema
            return REFUSED, both("database.empty")
        case errors.InsufficientPrivilege():
            return REFUSED, f"{both('database.forbidden')}\n{_reason(error)}"
    return None


def _reason(error: psycopg.Error) -> str:
    """Give the first line of what the server or libpq says; the others guess."""
    first, _, _ = (error.diag.message_primary or str(error)).strip().partition("\n")
    return first.removeprefix("connection failed: ").removeprefix("connection is bad: ")


def _usage(error: typer.TyperException) -> str:
    """Say in Indonesian too what the command line's library says in English, and where the help is."""
    if not error.format_message():
        return ""  # nothing was typed, and the help is shown already
    context = getattr(error, "ctx", None)
    parameter = getattr(error, "param", None)
    name = parameter.get_error_hint() if parameter else getattr(error, "option_name", "")
    indonesian = {
        "MissingParameter": f"{name} belum diisi.",
        "BadParameter": f"Isian {name} tidak sesuai.",
        "NoSuchOption": f"Opsi {name} tidak dikenal.",
    }.get(type(error).__name__, "Perintah ini tidak dikenal atau tidak lengkap.")
    english = " ".join(error.format_message().split()).replace("Value error, ", "")
    if isinstance(error.__cause__, ValidationError) and (figure := _of_figure(error.__cause__)):
        code, params = figure
        indonesian, english = f"{indonesian} {text(code, 'id', **params)}", f"{name}: {text(code, 'en', **params)}"
    said = f"{indonesian} / {english}"
    return f"{said}\nBantuan / help: {context.command_path} --help" if context else said


def _of_figure(error: ValidationError) -> tuple[str, dict[str, Any]] | None:
    """Say what is wrong with a figure: pydantic, which reads it, speaks English only."""
    first = error.errors()[0]
    match first["type"]:
        case "int_parsing":
            return "input.kind", {"kind": "int"}
        case "greater_than_equal":
            return "input.least", {"least": first["ctx"]["ge"]}
        case "less_than_equal":
            return "input.most", {"most": first["ctx"]["le"]}
    return None
