"""How evidence adds up to a disclosure: one account for each kind, in integers.

score = the rules' weights (no word twice, at most 140) + the best tie + the trained model - what speaks
against it; from `needed` (60) on the kind is tagged; where none reaches it, the best from 50 on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agents.disclosing.disclosure_rules import Hit
from schemas.judged import DISCLOSURE_KINDS, DisclosureKind

THRESHOLD = 60
SOLE = 50  # where nothing reaches the threshold, the best reading alone may stand on a little less
BIO_TIE = 30
REVIEW_TIE = 80
REVIEW_THRESHOLD = 110  # on an employer-review site all but working conditions have to be plain
CAP = 140
# "as an AXA adviser" tells the employer, not the know-how; "our firm is being sold" a secret, not how one
# works there
YIELDS: Mapping[str, str] = {"expertise": "employer", "working-conditions": "sensitive"}
ADDRESSED = 20  # the text opens with a watched company's handle: most such posts are customers'
NEAR = 160  # in a long text, code points around the strongest passage within which evidence adds up
LONG = 320


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a post's metadata and the model bring to all accounts.

    `told`: weight of a tie in bio or badge; `review`: on an employer-review site; `addressed`: opens with a
    watched company's handle; `model`: evidence of the trained model for working conditions; `length`: code
    points of the text.
    """

    told: int
    review: bool
    addressed: bool
    model: int
    length: int


@dataclass(frozen=True, slots=True)
class Account:
    """One kind's account: its hits, strongest first, what was added and taken off, and the score needed."""

    kind: DisclosureKind
    hits: tuple[Hit, ...]
    tie: int
    model: int
    against: int
    score: int
    needed: int

    @property
    def tagged(self) -> bool:
        """Whether the evidence is enough."""
        return self.score >= self.needed


def may_reach(found: Sequence[Hit], tie: int, model: int) -> bool:
    """Whether any kind could be tagged with this tie and evidence and nothing more against it (saves the
    signs' pass)."""
    sums: dict[str, int] = {"working-conditions": max(0, model)}
    for hit in found:
        sums[hit.rule.kind] = sums.get(hit.rule.kind, 0) + hit.rule.weight
    return max(sums.values()) + tie >= SOLE


def weigh(hits: Sequence[Hit], about: Circumstances) -> tuple[Account, ...]:
    """The accounts of the kinds for which there is any evidence, in the order of `DISCLOSURE_KINDS`."""
    by_kind: dict[str, list[Hit]] = {}
    for hit in hits:
        by_kind.setdefault(hit.rule.kind, []).append(hit)
    accounts = (_account(kind, by_kind, about) for kind in DISCLOSURE_KINDS)
    found = [account for account in accounts if account is not None]
    if found and not about.review and not any(account.tagged for account in found):
        best = max(found, key=lambda account: account.score)
        found[found.index(best)] = replace(best, needed=SOLE)
    return tuple(found)


def _account(kind: DisclosureKind, by_kind: Mapping[str, list[Hit]], about: Circumstances) -> Account | None:
    reviewed = about.review and kind == "working-conditions"
    found = _near(by_kind.get(kind, []), about.length)
    if kind in YIELDS:
        found = _apart(found, by_kind.get(YIELDS[kind], []))
    against = sum(hit.rule.weight for hit in by_kind.get("against", ()) if kind not in hit.rule.spares)
    if not found and not (reviewed and not against):
        return None
    if reviewed:
        tie, model, against = REVIEW_TIE, 0, 0
    else:
        # what makes the evidence cannot be its tie as well: "my boss" alone is no disclosure
        ties = _apart(by_kind.get("tie", []), found)
        tie = max([about.told, *(hit.rule.weight for hit in ties)])
        unsettled = kind == "working-conditions" and found[0].rule.weight < THRESHOLD
        model = about.model if unsettled else 0
        against += ADDRESSED * about.addressed
    score = min(CAP, sum(hit.rule.weight for hit in found)) + tie + model - against
    needed = REVIEW_THRESHOLD if about.review and not reviewed else THRESHOLD
    return Account(kind, tuple(found), tie, model, against, score, needed)


def _near(hits: list[Hit], length: int) -> list[Hit]:
    """The hits that add up, strongest first: no word counts twice, and a long text counts near the strongest
    only."""
    hits.sort(key=lambda hit: (-hit.rule.weight, hit.start))
    kept: list[Hit] = []
    for hit in hits:
        if length > LONG and abs(hit.start - hits[0].start) > NEAR:
            continue
        kept += _apart([hit], kept)
    return kept


def _apart(hits: list[Hit], others: list[Hit]) -> list[Hit]:
    """The hits that share no word with the others."""
    return [
        hit for hit in hits if not any(hit.start < other.end and other.start < hit.end for other in others)
    ]
