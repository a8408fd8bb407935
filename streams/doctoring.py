"""`vigie doctor`: the findings as lines for a person."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from schemas.topics import TOPICS
from streams.doctor import Verdict, diagnose
from streams.settings import Settings

_MARK = {Verdict.OK: "ok  ", Verdict.WARN: "warn", Verdict.FAIL: "FAIL"}


def report(settings: Settings, say: Callable[[str], None]) -> int:
    """Exit status: 0 where nothing fails, else 1."""
    findings = asyncio.run(
        diagnose(
            settings.home,
            broker=settings.broker,
            topics={topic.name: settings.partitions for topic in TOPICS},
            security=settings.security,
            metrics=(settings.metrics_host, settings.metrics_port),
        )
    )
    for finding in findings:
        say(f"{_MARK[finding.verdict]}  {finding.check}: {finding.found}")
        if finding.advice:
            say(f"      {finding.advice}")
    return int(any(finding.verdict is Verdict.FAIL for finding in findings))
