"""A moment is written as RFC 3339 has it, or is a bare date."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from application.moments import as_moment

ZONE = "Asia/Makassar"


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-06-30", datetime(2026, 6, 30, 15, 59, 59, 999999, UTC)),
        ("2026-06-30T00:00:00Z", datetime(2026, 6, 30, tzinfo=UTC)),
        ("2026-06-30t00:00:00z", datetime(2026, 6, 30, tzinfo=UTC)),
        ("2026-06-30T08:00:00+08:00", datetime(2026, 6, 30, tzinfo=UTC)),
        ("2026-06-30T08:00:00 08:00", datetime(2026, 6, 30, tzinfo=UTC)),
        ("2026-06-30T00:00:00.5-00:00", datetime(2026, 6, 30, 0, 0, 0, 500000, UTC)),
        ("2026-06-30T00:00:00.123456789Z", datetime(2026, 6, 30, 0, 0, 0, 123456, UTC)),
    ],
)
def test_what_is_a_moment(written: str, moment: datetime) -> None:
    assert as_moment(written, ZONE) == moment


@pytest.mark.parametrize(
    "written",
    [
        "", "2026", "2026-06", "2026-02-30", "9999-12-31", "2026-W30", "2026-W30-2", "20260630", "20260630T000000Z",
        "2026-06-30☃00:00:00Z", "2026-06-30 00:00:00Z", "2026-06-30T00:00:00", "2026-06-30T00:00Z", "2026-06-30T24:00:00Z",
        "2026-06-30T00:00:00,5Z", "2026-06-30T00:00:00+08", "2026-06-30T00:00:00+0800", "2026-06-30T00:00:00+24:00",
        "2026-06-30T00:00:00+08:00:00.5", "2026-06-30T00:00:00Z\n", "2026-06-30\n", "٢٠٢٦-06-30", "0000-01-01T00:00:00Z",
    ],
)  # fmt: skip
def test_what_is_none(written: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        as_moment(written, ZONE)
