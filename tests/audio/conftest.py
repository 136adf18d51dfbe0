"""What is decoded of a file."""

from __future__ import annotations

from typing import IO

import pytest

from mmc_core.audio import SR, messages


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds of each piece that decoders send."""
    seconds: list[float] = []
    receive = messages.receive

    def counted(stream: IO[bytes]) -> tuple[bytes, bytes]:
        kind, content = receive(stream)
        if kind == messages.SAMPLES:
            seconds.append(len(content) / 4 / SR)
        return kind, content

    monkeypatch.setattr(messages, "receive", counted)
    return seconds
