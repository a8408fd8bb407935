"""Bluesky: what a Jetstream event means (v1, and v2's flat commits)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.post import AuthorDeletion, Source
from schemas.reject import Invalid
from streams.sources.mapping import Outcome, at, build, deletion, each, edition, listed, string, words
from streams.sources.times import canonical, moment

POST = "app.bsky.feed.post"
REPOST = "app.bsky.feed.repost"
_WITHDRAWN = ("deleted", "takendown")  # "deactivated" and "suspended" may be taken back


def map_event(event: Mapping[str, Any], origin: Source) -> Iterator[Outcome]:
    """Posts, reposts, their deletions and withdrawn accounts; likes, follows and identities are no posts."""
    account = event.get("account")
    if isinstance(account, Mapping):
        if account.get("active") is False and account.get("status") in _WITHDRAWN:
            yield _withdrawn(event, account)
        return
    commit = event["commit"] if isinstance(event.get("commit"), Mapping) else event
    if commit.get("collection") not in (POST, REPOST):
        return
    did, rkey = string(event.get("did")), string(commit.get("rkey"))
    seen = witnessed(event)
    if did is None or rkey is None:
        yield Invalid("missing-field", "bluesky: a commit needs did and rkey")
        return
    uri = f"at://{did}/{commit['collection']}/{rkey}"
    record = commit.get("record")
    if commit.get("operation") == "delete":
        yield deletion("bluesky", uri, seen)
    elif not isinstance(record, Mapping):
        yield Invalid("missing-field", "bluesky: a commit without its record")
    elif commit["collection"] == REPOST:
        yield build(
            origin, "bluesky", uri, text="", created_at=_when(record, seen), fetched_at=seen, kind="repost",
            repost_of=at(record, "subject", "uri"), author={"id": did},
        )  # fmt: skip
    else:
        yield _post(record, origin, uri, did, rkey, seen, edited=commit.get("operation") == "update")


def witnessed(event: Mapping[str, Any]) -> int | None:
    """When Jetstream saw the event, epoch milliseconds."""
    return moment(event.get("time_us") or event.get("time"))


def _withdrawn(event: Mapping[str, Any], account: Mapping[str, Any]) -> Outcome:
    did, when = string(event.get("did")), moment(account.get("time")) or witnessed(event)
    if did is None or when is None:
        return Invalid("missing-field", "bluesky: a withdrawn account needs did and time")
    return AuthorDeletion("bluesky", did, when)


def _when(record: Mapping[str, Any], seen: int | None) -> Any:
    """The author's clock says when, but not later than the post was seen; where it says nothing, that."""
    created = moment(record.get("createdAt"))
    if created is None or (seen is not None and created > seen):
        return canonical(seen) or record.get("createdAt")
    return created


def _post(
    record: Mapping[str, Any],
    origin: Source,
    uri: str,
    did: str,
    rkey: str,
    seen: int | None,
    *,
    edited: bool,
) -> Outcome:
    embed = record.get("embed")
    quoted = at(embed, "record", "uri") or at(embed, "record", "record", "uri")
    linked = at(embed, "external", "uri") or at(embed, "media", "external", "uri")
    parent, root = at(record, "reply", "parent", "uri"), at(record, "reply", "root", "uri")
    text = record.get("text")
    when = _when(record, seen)
    features = list(_features(text if isinstance(text, str) else "", record))
    return build(
        origin,
        "bluesky",
        uri,
        text=text,
        created_at=when,
        fetched_at=seen,
        kind="quote" if quoted else "comment" if parent else "post",
        version=edition(when, seen) if edited else 1,
        url=f"https://bsky.app/profile/{did}/post/{rkey}",
        lang=next(iter(words(listed(record, "langs"))), None),
        in_reply_to=parent,
        conversation=root,
        repost_of=quoted,
        author={"id": did},
        entities={
            "mentions": words(value for kind, value in features if kind == "mention"),
            "hashtags": words(
                [*(value for kind, value in features if kind == "tag"), *listed(record, "tags")]
            ),
            "urls": words([*(value for kind, value in features if kind == "link"), linked]),
        },
    )


def _features(text: str, record: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """What facets mark. They count in UTF-8 bytes, and give the DID of an account that the text names."""
    raw = text.encode("utf-8", "replace")
    for facet in each(record, "facets"):
        start, end = at(facet, "index", "byteStart"), at(facet, "index", "byteEnd")
        for feature in each(facet, "features"):
            kind = str(feature.get("$type")).rpartition("#")[2]
            if kind == "mention" and isinstance(start, int) and isinstance(end, int) and 0 <= start < end:
                yield kind, raw[start:end].decode("utf-8", "replace").strip().removeprefix("@")
            elif kind in {"tag", "link"}:
                yield kind, string(feature.get("tag") or feature.get("uri"))
