"""What lies in a worker's home is damaged, as by a failing disk, while the worker is dead: the next one shows the same
figures, or refuses to start and says what is to be done. All that figures rest on lies in Kafka."""

import signal
from pathlib import Path
from random import Random

import pytest
from fault_stage import Stage, counted
from fault_table import Fault
from watching import companies_of

from streams.child import REFUSED

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(180)]


def junk(size: int) -> bytes:
    return Random(size).randbytes(size)


def damaged(path: Path, how: str) -> bytes:
    """Damage the file; what it held."""
    held = path.read_bytes()
    half = len(held) // 2
    path.write_bytes({"cut": held[:half], "emptied": b"", "overwritten": junk(half)}[how])
    return held


def killed_at_work(stage: Stage) -> Path:
    """The home of a worker that was killed while it counted."""
    worker = stage.worker()
    worker.until_ready(60.0)
    before = counted(worker)
    stage.feed(400)
    worker.until("counts", lambda: counted(worker) > before)
    worker.process.kill()
    assert worker.process.wait(10) == -signal.SIGKILL
    stage.close_workers()
    return worker.home


def counts_all(stage: Stage, fault: Fault) -> None:
    heir = stage.worker()
    found = heir.until_counted(stage.sent)
    fault.recover()
    stage.assert_equal(found)
    assert "Traceback" not in heir.output() + heir.log(100_000)
    fault.equal = True
    heir.process.terminate()
    assert heir.process.wait(20) == 0
    stage.close_workers()


@pytest.mark.parametrize("how", ["cut", "emptied", "overwritten"])
def test_home_damaged(how: str, shared_stage: Stage, fault: Fault) -> None:
    """Everything that a worker can do without."""
    home = killed_at_work(shared_stage)
    files = [home / "rules.json", *(home / "versions").iterdir(), *(home / "logs").iterdir()]
    for path in files:
        damaged(path, how)
    tables = home / "worker" / "v1" / "tables"
    (tables / "ledger.db").mkdir(parents=True, exist_ok=True)
    for name in ("ledger.db/CURRENT", "ledger-0.db", "counts.db"):
        (tables / name).write_bytes(junk(1_000))
    fault.fire(f"{len(files)} files {how}, three of junk in the place of tables")
    counts_all(shared_stage, fault)
    assert (home / "rules.json").read_bytes().startswith(b"{")


SAID = {"author.key": "Put the old key back", "keys.sqlite": "cannot serve as the key store"}


@pytest.mark.parametrize("name", SAID)
@pytest.mark.parametrize("how", ["cut", "overwritten"])
def test_keys_damaged(name: str, how: str, shared_stage: Stage, fault: Fault) -> None:
    """Without these it would show wrong figures: refused until they are put back."""
    stage = shared_stage
    home = killed_at_work(stage)
    path = {"author.key": stage.key}.get(name, home / name)
    held = damaged(path, how)
    refusing = stage.worker()
    shown = refusing.shown_until_it_ends(60.0)
    assert refusing.process.returncode == REFUSED
    assert SAID[name] in refusing.output()
    assert "Traceback" not in refusing.output()
    assert not any(map(companies_of, shown))
    fault.fire(f"{how}, and refused with exit status 2, no figure shown until then")
    path.write_bytes(held)
    counts_all(stage, fault)
