"""The compose file against the command line and the settings: nothing in it that does not exist."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
import yaml

from adapters.cli import app
from adapters.settings import Settings

ROOT = Path(__file__).parents[2]


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return found


def test_every_command_and_option_exists() -> None:
    known: Any = typer.main.get_command(app)
    for service in services().values():
        if "command" in service:
            program, name, *options = service["command"]
            assert program == "jejak"
            spelled = {word for option in known.commands[name].params for word in option.opts}
            assert {word for word in options if word.startswith("--")} <= spelled


def test_every_variable_is_a_setting_and_no_password_stands_here() -> None:
    settings = {f"JEJAK_{name.upper()}" for name in Settings.model_fields}
    for service in services().values():
        for name in service.get("environment", {}):
            assert name in settings or name.startswith("POSTGRES_")
            assert name != "POSTGRES_PASSWORD"


def test_what_runs_for_long_has_a_healthcheck() -> None:
    assert {name for name, service in services().items() if "healthcheck" in service} == {"postgres", "api", "worker"}
