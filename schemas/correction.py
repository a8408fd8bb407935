"""What a person says of a judgement: the value of `corrections.v1`, keyed by post.

It says how the post is to be judged toward one company; applied by `vigie replay`, and counted against the judge. The
newest for a version of a post and a company stands. Saying what was judged already is agreement, and counts as such.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import orjson

from schemas.judged import DISCLOSURE_KINDS, LABELS, DisclosureKind, Label

NAME_LIMIT = 80  # code points of who says it
NOTE_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Correction:
    """`label`: the feeling toward `company`; `about`: the company that the post is about instead, None for none of
    those watched; `disclosures`: everything that it discloses. `by` says it at `at` (epoch ms)."""

    post: str
    version: int
    company: str
    about: str | None
    label: Label
    disclosures: tuple[DisclosureKind, ...]
    by: str
    at: int
    note: str = ""


def encode_correction(correction: Correction) -> bytes:
    """The one way to write it: JSON with sorted keys."""
    return orjson.dumps(asdict(correction), option=orjson.OPT_SORT_KEYS)


def decode_correction(raw: bytes) -> Correction:
    """Inverse of `encode_correction`; ValueError, KeyError or TypeError for anything else."""
    fields: dict[str, Any] = orjson.loads(raw)
    kinds = tuple(kind for kind in DISCLOSURE_KINDS if kind in fields["disclosures"])
    found = Correction(**{**fields, "disclosures": kinds})
    texts = (found.post, found.company, found.by, found.note)
    if not all(isinstance(text, str) for text in texts) or not isinstance(found.version, int):
        raise TypeError("a correction names post, version, company and who says it")
    if found.label not in LABELS or len(kinds) != len(fields["disclosures"]):
        raise ValueError("a correction has a label and kinds of disclosure that there are")
    if len(found.by) > NAME_LIMIT or len(found.note) > NOTE_LIMIT:
        raise ValueError("a correction's words are few")
    return found
