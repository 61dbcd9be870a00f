"""Being told to stop: by Ctrl-C, by the terminal that goes away, or by a supervisor."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
Handler = Callable[[int, Any], None]


@contextmanager
def stopping() -> Iterator[None]:
    """Raise KeyboardInterrupt in the block when it is told to stop; once, so that its cleaning up is not broken off."""
    told = False

    def stop(number: int, frame: Any) -> None:
        nonlocal told
        if number == signal.SIGHUP:
            signal.raise_signal(signal.SIGTERM)  # which the server of requests knows, and ends after what is due
        elif not told:
            told = True
            raise KeyboardInterrupt

    with _handled_by(stop):
        yield


@contextmanager
def unbroken() -> Iterator[None]:
    """Finish the block before a signal to stop is heard."""
    heard: list[int] = []
    try:
        with _handled_by(lambda number, _frame: heard.append(number)):
            yield
    finally:
        if heard:
            signal.raise_signal(heard[0])


@contextmanager
def _handled_by(handler: Handler) -> Iterator[None]:
    """Handle the signals to stop, in the main thread, which hears them; one that is ignored (nohup) stays so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = [sign for sign in STOPS if signal.getsignal(sign) != signal.SIG_IGN]
    before = {sign: signal.signal(sign, handler) for sign in heard}
    try:
        yield
    finally:
        for sign, kept in before.items():
            signal.signal(sign, kept)
