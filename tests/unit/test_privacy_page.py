"""deploy/PRIVACY.md says of every topic how long it is kept, in both languages, and as the topics do."""

import re
from pathlib import Path

import pytest

from schemas.topics import TOPICS, Topic

PAGE = (Path(__file__).parents[2] / "deploy" / "PRIVACY.md").read_text("utf-8")
ENGLISH, FRENCH = PAGE.split("# Données personnelles")


def kept(topic: Topic, days: str, ever: str) -> str:
    return ever if topic.retention is None else f"{topic.retention // 86_400_000} {days}"


@pytest.mark.parametrize(
    ("page", "days", "ever"), [(ENGLISH, "days", "for ever"), (FRENCH, "jours", "sans limite")]
)
def test_retention_stands_as_the_topics_have_it(page: str, days: str, ever: str) -> None:
    rows = dict(re.findall(r"^\| `(\S+)` \|.*\| ([^|]+) \|$", page, re.MULTILINE))
    assert rows == {topic.name: kept(topic, days, ever) for topic in TOPICS}
