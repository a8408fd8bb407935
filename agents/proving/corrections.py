"""What people said of judgements, put in the place of what was judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from schemas.correction import Correction
from schemas.judged import Label
from schemas.mention import Mention, MentionDisclosure, MentionRecord

# polarity (1/10,000) of a feeling that a person names without a degree: half of all there is
SCORES: dict[Label, int] = {"negative": -5_000, "neutral": 0, "positive": 5_000}
Standing = Mapping[tuple[str, int, str], Correction]  # by post, version and company that was judged


def standing_of(corrections: Iterable[Correction]) -> dict[tuple[str, int, str], Correction]:
    """The last of each, from oldest to newest."""
    return {(one.post, one.version, one.company): one for one in corrections}


def corrected(records: Iterable[MentionRecord], standing: Standing) -> tuple[MentionRecord, ...]:
    """`records` as people would have them; what they did not speak of stays as it is."""
    found: list[MentionRecord] = []
    for record in records:
        said = None
        if isinstance(record, Mention):
            said = standing.get((record.post, record.version, record.company))
        if said is None:
            found.append(record)
        elif isinstance(record, Mention) and said.about is not None:
            found.append(_as_said(record, said, said.about))
    return tuple(found)


def _as_said(mention: Mention, said: Correction, company: str) -> Mention:
    """A feeling that people confirm keeps its degree, a disclosure that they confirm its place and mode."""
    kept = tuple(found for found in mention.disclosures if found.kind in said.disclosures)
    known = {found.kind for found in kept}
    added = tuple(
        MentionDisclosure(kind, explicit=True, span=(0, 0)) for kind in said.disclosures if kind not in known
    )
    agreed = mention.scored and mention.label == said.label
    return replace(
        mention,
        company=company,
        label=said.label,
        score=mention.score if agreed else SCORES[said.label],
        scored=True,
        disclosures=(*kept, *added),
    )
