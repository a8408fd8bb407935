"""Replayed figures into a topic of their own, never into a live one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kafka import KafkaProducer

from schemas.reputation import Reputation, encode
from schemas.topics import REPUTATION, TOPICS
from streams.admin import ensure_topics
from streams.settings import Settings, SettingsError


def write_to_topic(settings: Settings, name: str, reputations: Iterable[Reputation]) -> int:
    """Send each record, keyed by company, to the topic `name`, which is made if need be; how many there were,
    all acknowledged. `settings.broker` must be set; raises SettingsError for a topic of the live watch."""
    if name in {topic.name for topic in TOPICS} or "changelog" in name:
        raise SettingsError(f"{name} belongs to the live watch: name another topic, such as replay.v1")
    bootstrap = settings.broker or ""
    ensure_topics(
        bootstrap,
        (replace(REPUTATION, name=name),),
        settings.partitions,
        settings.replication,
        settings.security,
    )
    producer = KafkaProducer(
        bootstrap_servers=bootstrap.split(","), linger_ms=20, **settings.security.options()
    )
    try:
        sent = [producer.send(name, encode(found), key=found.company.encode()) for found in reputations]
        producer.flush()
        for one in sent:
            one.get(timeout=30)
    finally:
        producer.close()
    return len(sent)
