"""What an operator may set, by environment: JEJAK_DATABASE_URL and its like."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The settings of one process."""

    model_config = SettingsConfigDict(env_prefix="JEJAK_", extra="ignore")

    home: Path = Path(".jejak")
    database_url: str | None = None
    database_url_file: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000

    @property
    def external_database(self) -> str | None:
        """The address of a database of one's own, None for the embedded one."""
        if self.database_url_file is not None:
            return self.database_url_file.read_text(encoding="utf-8").strip()
        return self.database_url
