"""How evidence adds up to a disclosure: one account for each kind, in integers.

score = the rules' weights (no word twice, at most 140) + the best tie - what speaks against it + what the trained
model says of the post as a whole, less what a kind falls short of the likeliest; from `needed` (60) on the kind is
tagged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agents.disclosing.disclosure_rules import Hit, Sign
from agents.disclosing.work_hashes import ANY
from schemas.judged import DISCLOSURE_KINDS, DisclosureKind
from schemas.record import record

THRESHOLD = 60
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
GRACE = 30  # points of the model against a kind that the rules alone would tag which are not counted
TIPPING = 44  # the most that the model adds on an employer-review site
# points of the model below which no kind is tagged: the rules tagged nothing there on the blind sets
HOPELESS = -100
FLOOR, CEILING = -400, 120  # what the model may hold against a kind, or for it: enough to tag it alone
Evidence = Mapping[str, int]
"""Points of the trained model for each kind."""


@record
class Circumstances:
    """What a post's metadata and the model bring to the accounts.

    `told`: weight of a tie in bio or badge; `review`: on an employer-review site; `addressed`: opens with a
    watched company's handle; `model`: points of the trained model for any disclosure and for each kind; `length`:
    code points of the text; `private`: a word of health, faith, politics, sexual life or crime stands in it.
    """

    told: int
    review: bool
    addressed: bool
    model: Evidence
    length: int
    private: bool = False


@record
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


def may_reach(found: Sequence[Hit], tie: int, model: Evidence) -> bool:
    """Whether any kind could be tagged with this tie and nothing more against it."""
    sums: dict[DisclosureKind | Sign, int] = {}
    for hit in found:
        sums[hit.rule.kind] = sums.get(hit.rule.kind, 0) + hit.rule.weight
    strongest = max((sums[kind] for kind in DISCLOSURE_KINDS if kind in sums), default=-tie)
    return min(CAP, strongest) + tie + _graced(_bounded(model.get(ANY, 0))) >= THRESHOLD


def _bounded(points: int) -> int:
    return max(FLOOR, min(CEILING, points))


def _graced(whole: int) -> int:
    """What the model's points for the whole post count beside rules that would tag by themselves."""
    return whole if whole > 0 else min(0, whole + GRACE)


def weigh(hits: Sequence[Hit], about: Circumstances) -> tuple[Account, ...]:
    """The accounts of the kinds for which there is any evidence, in the order of `DISCLOSURE_KINDS`."""
    by_kind: dict[str, list[Hit]] = {}
    for hit in hits:
        by_kind.setdefault(hit.rule.kind, []).append(hit)
    accounts = _with_model([_account(kind, by_kind, about) for kind in DISCLOSURE_KINDS], about)
    return tuple(account for account in accounts if account.hits or account.tagged)


def _with_model(accounts: list[Account], about: Circumstances) -> list[Account]:
    """The accounts with what the model says: of the post as a whole, and of the kind beside the others.

    The likeliest kind, each that is likely by itself, and each that the rules alone would tag bears what is said of
    the whole; the others fall short of it by as much as they are less likely.
    """
    whole = _bounded(about.model.get(ANY, 0))
    if about.review or about.private:  # a review is told by its platform; what is private by no model
        whole = min(whole, TIPPING if about.review else 0)
    likely = {account.kind: about.model.get(account.kind, 0) + account.score for account in accounts}
    least = min(0, max(likely.values()))
    made = []
    for account in accounts:
        if account.tie == REVIEW_TIE:  # the platform has settled it
            made.append(account)
            continue
        model = (
            _graced(whole)
            if account.score >= THRESHOLD
            else _bounded(whole + min(0, likely[account.kind] - least))
        )
        made.append(
            Account(
                account.kind,
                account.hits,
                account.tie,
                model,
                account.against,
                account.score + model,
                account.needed,
            )
        )
    return made


def _account(kind: DisclosureKind, by_kind: Mapping[str, list[Hit]], about: Circumstances) -> Account:
    """The account of one kind by the rules alone."""
    opposed = by_kind.get("against", ())
    # an employer's advert on an employer-review site is no review
    reviewed = about.review and kind == "working-conditions" and not any(hit.rule.role for hit in opposed)
    found = _near(by_kind.get(kind, []), about.length)
    if kind in YIELDS:
        found = _apart(found, [hit for hit in by_kind.get(YIELDS[kind], []) if hit.rule.weight >= THRESHOLD])
    against = sum(hit.rule.weight for hit in opposed if kind not in hit.rule.spares)
    if reviewed and (found or not against):
        tie, against = REVIEW_TIE, 0
    else:
        # what makes the evidence cannot be its tie as well: "my boss" alone is no disclosure
        ties = _apart(by_kind.get("tie", []), found)
        tie = max([about.told, *(hit.rule.weight for hit in ties)]) if found else 0
        against += ADDRESSED * about.addressed
    score = min(CAP, sum(hit.rule.weight for hit in found)) + tie - against
    needed = REVIEW_THRESHOLD if about.review and not reviewed else THRESHOLD
    return Account(kind, tuple(found), tie, 0, against, score, needed)


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
