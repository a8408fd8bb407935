"""Why a post was tagged, or was not: what `vigie explain` prints."""

from __future__ import annotations

from dataclasses import dataclass

from agents.disclosing.disclosure import DisclosureTagger, Matches
from agents.disclosing.disclosure_rules import Hit
from agents.disclosing.weighing import Account
from schemas.judged import Disclosure, DisclosureKind, Language, Span
from schemas.post import Post


@dataclass(frozen=True, slots=True)
class Evidence:
    """One rule that matched: its name in the lexicon, its weight and the passage it matched."""

    rule: str
    weight: int
    span: Span
    passage: str


@dataclass(frozen=True, slots=True)
class KindExplained:
    """One kind's account.

    `words`: those that weighed most in the model's points; `lacking`: what kept it from being tagged, () where it was.
    """

    kind: DisclosureKind
    score: int
    needed: int
    evidence: tuple[Evidence, ...]
    tie: int
    model: int
    words: tuple[tuple[str, int], ...]
    against: int
    disclosure: Disclosure | None
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The accounts of the kinds for which there was any evidence; `ties` and `against` hold for all of
    them."""

    kinds: tuple[KindExplained, ...]
    ties: tuple[Evidence, ...]
    against: tuple[Evidence, ...]


def explain(tagger: DisclosureTagger, post: Post, language: Language, matches: Matches) -> Explanation:
    """The whole reading of one post, with what was lacking for each kind that was not tagged."""
    reading = tagger.read(post, language, matches, thorough=True)
    tagged = {disclosure.kind: disclosure for disclosure in reading.disclosures}

    def evidence(hits: tuple[Hit, ...]) -> tuple[Evidence, ...]:
        return tuple(
            Evidence(hit.rule.name, hit.rule.weight, (hit.start, hit.end), post.text[hit.start : hit.end])
            for hit in hits
        )

    kinds = tuple(
        KindExplained(
            account.kind, account.score, account.needed, evidence(account.hits), account.tie, account.model,
            tagger.words_for(account, post, language), account.against, tagged.get(account.kind),
            _lacking(account, tagged=account.kind in tagged),
        )
        for account in reading.accounts
    )  # fmt: skip
    return Explanation(
        kinds,
        evidence(tuple(hit for hit in reading.hits if hit.rule.kind == "tie")),
        evidence(tuple(hit for hit in reading.hits if hit.rule.kind == "against")),
    )


def _lacking(account: Account, *, tagged: bool) -> tuple[str, ...]:
    if tagged:
        return ()
    if account.tagged:
        return ("a text that the models do not plainly take for something else",)
    reasons = [f"{account.needed - account.score} points of evidence"]
    if account.tie == 0:
        reasons.append("a tie of the author to an organisation (stated, in the bio, or by the platform)")
    if account.against > 0:
        reasons.append(
            f"nothing against it ({account.against} points speak for a customer, the press, sport, …)"
        )
    if len(account.hits) == 1:
        reasons.append("a second indication beside the one found")
    return tuple(reasons)
