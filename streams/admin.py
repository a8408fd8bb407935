"""Topics as `schemas.topics` describes them: made where missing, checked where they exist."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from aiokafka.admin import AIOKafkaAdminClient
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

from schemas.topics import Topic
from streams.broker.error import BrokerError
from streams.security import PLAINTEXT, Security


def ensure_topics(
    bootstrap: str,
    topics: Sequence[Topic],
    partitions: int,
    replication: int = 1,
    security: Security = PLAINTEXT,
) -> list[str]:
    """Make missing topics; the names made. Raises BrokerError for a count other than `partitions`,
    for a key would then meet another partition than its state."""
    try:
        admin = KafkaAdminClient(
            bootstrap_servers=bootstrap.split(","), client_id="vigie-admin", **security.options()
        )
    except KafkaError as error:
        raise BrokerError(
            f"no Kafka answers at {bootstrap} ({error}): start it, or leave --broker away to use the embedded one"
        ) from error
    try:
        there = partition_counts(admin, [topic.name for topic in topics])
        for topic in topics:
            found = there.get(topic.name)
            if found not in {None, partitions}:
                raise BrokerError(
                    f"topic {topic.name} has {found} partitions, {partitions} are set: "
                    f"set VIGIE_PARTITIONS={found}, or use another broker or topic version"
                )
        missing = [topic for topic in topics if topic.name not in there]
        for topic in missing:
            new = NewTopic(topic.name, partitions, replication, topic_configs=topic.config())
            with contextlib.suppress(TopicAlreadyExistsError):  # another worker was faster
                admin.create_topics([new])
        return [topic.name for topic in missing]
    finally:
        admin.close()


async def require_topics(bootstrap: str, topics: Sequence[Topic], security: Security = PLAINTEXT) -> None:
    """Raises BrokerError, saying what to do, where Kafka lacks one of `topics`; KafkaConnectionError without Kafka."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, client_id="vigie-admin", **security.options())
    try:
        await admin.start()
        there = set(await admin.list_topics())
    finally:
        await admin.close()
    if missing := [topic.name for topic in topics if topic.name not in there]:
        raise BrokerError(
            f"the Kafka at {bootstrap} has no {', '.join(missing)}: `vigie run --broker {bootstrap} --no-feed` makes the "
            "topics and works on them; start it once, or make them as schemas/topics.py says"
        )


def partition_counts(admin: KafkaAdminClient, names: Sequence[str]) -> dict[str, int]:
    """Partitions of those of `names` that exist."""
    existing = [name for name in names if name in set(admin.list_topics())]
    if not existing:
        return {}
    return {found["name"]: len(found["partitions"]) for found in admin.describe_topics(existing)}
