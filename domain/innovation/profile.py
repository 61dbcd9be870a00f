"""The profile of an innovation: what its people write about it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from domain.codes import Form, Initiator, Kind, Origin
from domain.command import Command
from domain.text import UNIQUE, Affair, Code, Line, Paragraph, Text
from domain.value import Value

Affairs = Annotated[tuple[Affair, ...], Meta(min_length=1, max_length=10, extra_json_schema=UNIQUE)]
Cost = Annotated[int, Meta(ge=0, le=10**15, description="rupiah")]
Inclusion = Annotated[dict[Code, Paragraph], Meta(max_length=50)]


class Profile(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is told about an innovation; UNSET is not told (in a change: not changed)."""

    title: Line | UnsetType = UNSET
    problem: Text | UnsetType = UNSET
    design: Text | UnsetType = UNSET
    goals: Text | UnsetType = UNSET
    benefits: Text | UnsetType = UNSET
    initiator: Initiator | UnsetType = UNSET
    form: Form | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET
    origin: Origin | UnsetType = UNSET
    affairs: Affairs | UnsetType = UNSET
    unit: Code | UnsetType = UNSET
    started_on: date | UnsetType = UNSET
    cost: Cost | UnsetType = UNSET
    inclusion: Inclusion | UnsetType = UNSET


class ProfileInput(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The profile's fields as a command carries them, beside what every command may carry."""

    title: Line | UnsetType = UNSET
    problem: Text | UnsetType = UNSET
    design: Text | UnsetType = UNSET
    goals: Text | UnsetType = UNSET
    benefits: Text | UnsetType = UNSET
    initiator: Initiator | UnsetType = UNSET
    form: Form | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET
    origin: Origin | UnsetType = UNSET
    affairs: Affairs | UnsetType = UNSET
    unit: Code | UnsetType = UNSET
    started_on: date | UnsetType = UNSET
    cost: Cost | UnsetType = UNSET
    inclusion: Inclusion | UnsetType = UNSET

    def profile(self) -> Profile:
        """Give what was told as a profile."""
        return Profile(**{name: getattr(self, name) for name in PROFILE_FIELDS})


PROFILE_FIELDS = Profile.__struct_fields__


def told(profile: Profile) -> dict[str, Any]:
    """Give the fields that are known, by name."""
    return {name: value for name in PROFILE_FIELDS if (value := getattr(profile, name)) is not UNSET}


def changed(profile: Profile, change: Profile) -> Profile:
    """Give the profile with the change applied; answers on inclusion are added to the earlier ones."""
    new = told(change)
    if "inclusion" in new:
        new["inclusion"] = {**(profile.inclusion or {}), **new["inclusion"]}
    return msgspec.structs.replace(profile, **new)


def difference(profile: Profile, wished: Profile) -> Profile:
    """Keep of a wished change what really differs."""
    target = changed(profile, wished)
    differs = [name for name in PROFILE_FIELDS if getattr(profile, name) != getattr(target, name)]
    return Profile(**{name: getattr(wished, name) for name in differs})
