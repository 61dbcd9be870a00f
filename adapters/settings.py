"""What an operator may set, by environment: JEJAK_DATABASE_URL and its like."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.errors import invalid


class Settings(BaseSettings):
    """The settings of one process."""

    model_config = SettingsConfigDict(env_prefix="JEJAK_", extra="ignore", env_ignore_empty=True)

    home: Path = Path(__file__).parents[1] / ".jejak"  # of the project, wherever it is called from
    database_url: str | None = None
    database_url_file: Path | None = None

    @property
    def external_database(self) -> str | None:
        """The address of a database of one's own, None for the embedded one. Raises InvalidInput."""
        if self.database_url_file is not None:
            return _checked(self.database_url_file.read_text(encoding="utf-8").strip())
        return None if self.database_url is None else _checked(self.database_url)


def _checked(address: str) -> str:
    """Refuse what libpq cannot read, or reads with a piece of the password as the host; the address is never quoted."""
    try:
        parts = conninfo_to_dict(address)
    except psycopg.ProgrammingError:
        raise invalid("database.address", "") from None
    is_torn = any("@" in str(parts.get(name, "")) for name in ("host", "port", "dbname"))
    if not parts or is_torn or not str(parts.get("port", "1")).replace(",", "1").isdigit():
        raise invalid("database.address", "")
    return address
