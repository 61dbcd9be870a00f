"""A measured program in a process of its own: it is asked and answers in lines of JSON, whatever it is written in."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

ANSWER_SECONDS_MAX = 1_800.0
END_SECONDS_MAX = 20.0


class NotMeasured(Exception):
    """A program that was to be measured is not there, or broke down; the text says why."""


class Worker:
    """The asking end. As a context manager the program is there for the block."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        """Start the program; what it says beside its answers goes to a file."""
        self._log = log
        with log.open("wb") as lines:
            try:
                self._process = subprocess.Popen(  # noqa: S603  our own programs
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=lines, bufsize=0
                )
            except OSError as absent:
                raise NotMeasured(f"{command[0]}: {absent.strerror}") from absent

    def ask(self, work: str, **plan: Any) -> Any:
        """Have a work done and give its answer; raises NotMeasured when it fails or takes for ever."""
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(json.dumps({"work": work, "plan": plan}).encode() + b"\n")
        except BrokenPipeError:
            raise NotMeasured(self._last_words()) from None
        if not select.select([self._process.stdout], [], [], ANSWER_SECONDS_MAX)[0]:
            raise NotMeasured(f"{work}: > {ANSWER_SECONDS_MAX:.0f} s")
        line = self._process.stdout.readline()
        if not line:
            raise NotMeasured(self._last_words())
        answer = json.loads(line)
        if "error" in answer:
            raise NotMeasured(f"{work}: {answer['error']}")
        return answer["done"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        try:
            self._process.wait(END_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _last_words(self) -> str:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(END_SECONDS_MAX)
        said = self._log.read_text(encoding="utf-8", errors="replace").strip()
        return said.rpartition("\n")[2] or "ended"


def answer_all(works: Mapping[str, Callable[..., Any]]) -> None:
    """The answering end: do what is asked until nobody asks any more; a work that fails answers with its error."""
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"done": works[asked["work"]](**asked["plan"])}
        except Exception as error:  # noqa: BLE001  whatever it is, the one who asks is told
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
