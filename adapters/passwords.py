"""Passwords by argon2id: what an account keeps, and whether a password fits it."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from domain.text import composed

_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """Give the hash an account keeps."""
    return _HASHER.hash(composed(password))


def matches(kept: str, password: str) -> bool:
    """Tell whether a password fits the hash kept."""
    try:
        return _HASHER.verify(kept, composed(password))
    except VerificationError:
        return False
