"""A client that is refused does not ask again at once."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from streams import patience


async def test_only_a_failed_update_is_followed_by_a_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, rests = [True, False, True], list[float]()

    async def update(cluster: Any, topics: Any) -> bool:
        assert (cluster, topics) == ("cluster", {"posts.v1"})
        return answers.pop(0)

    async def rest(seconds: float) -> None:
        rests.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", rest)
    client: Any = SimpleNamespace(_metadata_update=update)
    patience.patient(client)
    assert [await client._metadata_update("cluster", {"posts.v1"}) for _ in range(3)] == [True, False, True]
    assert rests == [patience.PAUSE]
