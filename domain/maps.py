"""Persistent maps: the type of `rpds.HashTrieMap` as it is written, which is not subscriptable at run time."""

from __future__ import annotations

from abc import ABC
from typing import TYPE_CHECKING, Generic, TypeVar

from rpds import HashTrieMap

if TYPE_CHECKING:
    from rpds import HashTrieMap as Map
else:
    K, V = TypeVar("K"), TypeVar("V")

    class Map(ABC, Generic[K, V]):
        """What every HashTrieMap is; its key and value types can be read from an annotation."""

    Map.register(HashTrieMap)

__all__ = ["Map"]
