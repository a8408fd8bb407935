"""Findings for a person to read, and as JSON for a program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import orjson

from agents.proving.comparison import Finding
from schemas.instants import rfc3339
from streams.chain import Break
from streams.proving.verification import Verified

IDENTICAL, EXPLAINED, UNEXPLAINED = 0, 3, 4  # exit statuses
_SHOWN = 12  # differences of one record


def status_of(findings: Sequence[Finding], breaks: Sequence[Break] = ()) -> int:
    """The exit status that the worst of them calls for."""
    if any(found.outcome == "unexplained" for found in findings) or any(not gap.honest for gap in breaks):
        return UNEXPLAINED
    return EXPLAINED if any(found.outcome == "explained" for found in findings) else IDENTICAL


def verified_status(verified: Sequence[Verified]) -> int:
    if any(not found.sound and not found.honest for found in verified):
        return UNEXPLAINED
    return IDENTICAL if all(found.sound for found in verified) else EXPLAINED


def findings_json(findings: Sequence[Finding], breaks: Sequence[Break]) -> str:
    """One object: the outcome counts, every finding, every break of the chain."""
    whole = {
        "outcomes": Counter(found.outcome for found in findings),
        "findings": [{**asdict(found), "at": rfc3339(found.at)} for found in findings],
        "breaks": [{**asdict(gap), "honest": gap.honest} for gap in breaks],
    }
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode()


def verified_json(verified: Sequence[Verified]) -> str:
    return orjson.dumps([asdict(found) for found in verified], option=orjson.OPT_INDENT_2).decode()


def findings_text(findings: Sequence[Finding], breaks: Sequence[Break]) -> Iterator[str]:
    """A line a record, and under it what differs and why."""
    for found in findings:
        subject = f"{found.company}#{found.person}" if found.person else found.company
        where = f"reputation.v1/{found.partition}@{found.offset}"
        yield f"{subject}  {rfc3339(found.at)}  {where}  {found.outcome}"
        for cause in found.causes:
            yield f"    {cause.name}: {cause.detail}"
        for difference in found.differences[:_SHOWN]:
            yield f"    {difference.field}: published {difference.published}, now {difference.recomputed}"
        if len(found.differences) > _SHOWN:
            yield f"    … and {len(found.differences) - _SHOWN} more (--format json shows all)"
    for gap in breaks:
        says = "honest" if gap.honest else "TAMPERING"
        yield f"chain: {gap.kind} at reputation.v1/{gap.partition}@{gap.offset} ({gap.subject}) {says}"
    counts = Counter(found.outcome for found in findings)
    yield ", ".join(f"{counts[name]} {name}" for name in ("identical", "explained", "unexplained"))


def verified_text(verified: Sequence[Verified]) -> Iterator[str]:
    for found in verified:
        word = "ok" if found.sound else "note" if found.honest else "ALTERED"
        yield f"{word:8}{found.what}: {found.detail}"
