"""docker-compose.yml says nothing the command line and the settings do not know, and gives nothing away."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from adapters.cli.commands import app
from adapters.settings import Settings

TOP = Path(__file__).resolve().parents[2]
PREFIX = "JEJAK_"
COMPOSE: dict[str, Any] = yaml.safe_load((TOP / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE: str = next(service["build"]["dockerfile_inline"] for service in SERVICES.values() if "build" in service)


def invocations() -> list[list[str]]:
    """Give every `jejak ...` of the file, those of the healthchecks too."""
    spoken = [service.get("command", []) for service in SERVICES.values()]
    spoken += [service["healthcheck"]["test"][1:] for service in SERVICES.values() if "healthcheck" in service]
    return [words[1:] for words in spoken if words[:1] == ["jejak"]]


@pytest.mark.parametrize("words", invocations(), ids=" ".join)
def test_every_command_is_one_the_command_line_understands(words: list[str]) -> None:
    group: Any = get_command(app)
    command = group.commands[words[0]]

    command.make_parser(command.context_class(command)).parse_args(words[1:])


def test_every_setting_exists_and_secrets_come_from_files() -> None:
    spoken = {name for service in SERVICES.values() for name in service.get("environment", {})}
    known = {PREFIX + name.upper() for name in Settings.model_fields}

    assert {name for name in spoken if name.startswith(PREFIX)} <= known
    assert {
        name for name in spoken if re.search("PASSWORD|SECRET|TOKEN|URL", name) and not name.endswith("_FILE")
    } == set()


def test_no_secret_is_written_down() -> None:
    assert not re.search(r"://[^/\s]*:[^/\s]*@", (TOP / "docker-compose.yml").read_text(encoding="utf-8"))
    for service in SERVICES.values():
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
        for value in service.get("environment", {}).values():
            assert not str(value).startswith("/run/secrets/") or Path(value).name in service["secrets"]
    assert {Path(secret["file"]).parent.name for secret in COMPOSE["secrets"].values()} == {"secrets"}
    assert "secrets/" in (TOP / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_whatever_stays_up_is_watched_and_what_is_named_exists() -> None:
    for name, service in SERVICES.items():
        assert service["restart"] == "no" or "healthcheck" in service, name
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"])


def test_the_image_is_built_from_the_lock_on_a_python_we_support() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    copied = re.findall(r"^COPY (\S+)", DOCKERFILE, re.MULTILINE)
    let_in = {line[1:] for line in (TOP / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"}

    assert project["requires-python"] == ">=3.11,<3.14"
    assert re.match(r"FROM python:3\.1[123]-", DOCKERFILE)
    assert "--require-hashes --requirement requirements.lock" in DOCKERFILE
    assert set(copied) == let_in
    assert all((TOP / name).exists() for name in copied)
