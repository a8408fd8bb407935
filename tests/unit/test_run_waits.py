"""`vigie run` waits for its worker as long as that is alive, says why, and for one that does not answer not for ever."""

import time
from pathlib import Path

import pytest

from streams import run
from streams.child import ChildFailedError
from streams.run import Watch
from streams.settings import Settings


class Worker:
    """What its probes answer, by seconds since the start."""

    def __init__(self, ready_after: float, alive_until: float = 1e9, answers_from: float = 0.0) -> None:
        self.began = time.monotonic()
        self.ready_after, self.alive_until, self.answers_from = ready_after, alive_until, answers_from

    def answer(self, url: str) -> tuple[bool, str]:
        age = time.monotonic() - self.began
        if age < self.answers_from:
            return False, ""
        if url.endswith("/-/healthy"):
            return age < self.alive_until, ""
        return age >= self.ready_after, "recovering (5 records left), or without partitions"


def watch(monkeypatch: pytest.MonkeyPatch, home: Path, worker: Worker, said: list[str]) -> Watch:
    monkeypatch.setattr(run, "_answer", worker.answer)
    monkeypatch.setattr(run, "ANSWER_WITHIN", 0.5)
    monkeypatch.setattr(run, "TELL_EVERY", 0.3)
    return Watch(Settings(home=home), None, said.append, None)


async def test_a_long_recovery_is_waited_for_and_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said: list[str] = []
    waiting = watch(monkeypatch, tmp_path, Worker(ready_after=1.5), said)
    await waiting._answering()
    await waiting._ready()
    assert 2 <= len(said) <= 5
    assert set(said) == {"the worker is not ready yet: recovering (5 records left), or without partitions"}


@pytest.mark.parametrize(
    "worker", [Worker(9.0, answers_from=9.0), Worker(9.0, alive_until=0.0)], ids=["silent", "hangs"]
)
async def test_a_worker_that_never_answers_ends_the_watch(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, worker: Worker
) -> None:
    worker.began = time.monotonic()
    with pytest.raises(ChildFailedError, match="did not answer"):
        await watch(monkeypatch, tmp_path, worker, [])._answering()


async def test_a_worker_whose_loop_hangs_in_recovery_ends_the_watch(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    waiting = watch(monkeypatch, tmp_path, Worker(9.0, alive_until=0.3), [])
    await waiting._answering()
    with pytest.raises(ChildFailedError, match="did not answer"):
        await waiting._ready()
