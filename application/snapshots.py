"""States of long streams as bytes. Never needed: whatever cannot be read is folded from the events again."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import GenericAlias
from typing import Any, cast, get_args, get_origin
from uuid import UUID, uuid4

import msgspec
from rpds import HashTrieMap

from domain.maps import Map

EVENTS_MIN = 500
"""How many events are folded cold before the state is worth keeping."""


def form_of(state: type[Any]) -> str:
    """Name a kind of state and the code that folds it: what other code made has another form, and is not read."""
    return f"{state.__name__}:{_CODE}"


def _code() -> str:
    """Give a digest of the sources; without sources a word no other process has, so that nothing kept is read."""
    sources = [*_sources(files("domain")), *_sources(files("application"))]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest() if sources else uuid4().hex


def _sources(folder: Traversable) -> list[Traversable]:
    found: list[Traversable] = []
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            found += _sources(item)
        elif item.name.endswith(".py"):
            found.append(item)
    return found


_CODE = _code()  # of what runs here, not of what an upgrade has put in its place since


def encode(state: Any) -> bytes:
    """Give a state as bytes."""
    return _ENCODER.encode(state)


def decode(kind: type[Any], encoded: bytes, stream: UUID, version: int) -> Any:
    """Give the state of a stream at a version back, None when the bytes are not it."""
    try:
        state = _decoder(cast("Any", kind)).decode(encoded)
    except Exception:  # noqa: BLE001  whatever they are: the events are there
        return None
    return state if (state.id, state.version) == (stream, version) else None


# Maps travel as bytes of their own, so that each is read by a decoder of its types


def _plain(value: Any) -> bytes:
    if isinstance(value, HashTrieMap):
        return _ENCODER.encode(dict(value.items()))
    raise NotImplementedError(type(value))


def _map(kind: Any, encoded: bytes) -> Any:
    if get_origin(kind) is not Map:
        raise NotImplementedError(kind)
    return HashTrieMap(_decoder(GenericAlias(dict, get_args(kind))).decode(encoded))


@cache
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind, dec_hook=_map)


_ENCODER = msgspec.msgpack.Encoder(enc_hook=_plain)
