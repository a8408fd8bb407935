"""What other rules would change: for a person to read, and as JSON for a program."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict

import orjson

from schemas.instants import rfc3339
from streams.proving.what_if import FigureChange, PostChange, WhatIf

_SCORE = "windows.24h.score"


def what_if_json(found: WhatIf) -> str:
    """One object: both judges' versions, every figure and the first posts that differ."""
    whole = asdict(found)
    for figure in whole["figures"]:
        figure["at"] = rfc3339(figure["at"])
        for difference in figure["differences"]:
            difference["before"] = difference.pop("published")
            difference["after"] = difference.pop("recomputed")
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode()


def what_if_text(found: WhatIf) -> Iterator[str]:
    """Which rules differ, then a line a company and a line a post."""
    for name in sorted(found.before.keys() | found.after.keys()):
        before, after = found.before.get(name), found.after.get(name)
        if before != after:
            yield f"{name}: {before} -> {after}"
    yield f"{len(found.figures)} of {found.compared} figures differ"
    by_subject: defaultdict[str, list[FigureChange]] = defaultdict(list)
    for change in found.figures:
        subject = f"{change.company}#{change.person}" if change.person else change.company
        by_subject[subject].append(change)
    for subject, changes in sorted(by_subject.items()):
        yield f"  {subject}: at {len(changes)} instants; {_furthest(changes)}"
    yield f"{found.changed} judgements differ, in {found.judged} posts about a company"
    for post in found.posts:
        yield f"  {post.place} {post.key} v{post.version} {post.company}: {_otherwise(post)}"
    if found.changed > len(found.posts):
        yield f"  … and {found.changed - len(found.posts)} more (--posts shows more)"


def _furthest(changes: list[FigureChange]) -> str:
    """Where the score of 24 hours moves most."""
    moves = [
        (abs(difference.recomputed - difference.published), change.at, difference)
        for change in changes
        for difference in change.differences
        if difference.field == _SCORE
    ]
    if not moves:
        alone = next((one for change in changes for one in change.differences if not one.field), None)
        return f"{alone.published} -> {alone.recomputed}" if alone else "the score of 24 h stays"
    _, at, most = max(moves, key=lambda move: move[:2])
    return f"score of 24 h {most.published / 100:.2f} -> {most.recomputed / 100:.2f} at {rfc3339(at)}"


def _otherwise(post: PostChange) -> str:
    if post.before is None:
        return "found"
    if post.after is None:
        return "not found any more"
    return ", ".join(f"{name} {post.before[name]} -> {post.after[name]}" for name in post.before)
