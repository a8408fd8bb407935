"""The wire of mentions and of judged posts: nothing is lost on it, and its names and ranges are the contract's."""

from typing import get_args

import orjson
from hypothesis import given
from hypothesis import strategies as st

from schemas.judged import (
    DISCLOSURE_KINDS,
    LABELS,
    ROLES,
    CompanyMention,
    Credibility,
    Disclosure,
    EvidenceKind,
    Interaction,
    Judged,
    Language,
    Register,
    Sentiment,
    Speaker,
    encode_judged,
)
from schemas.mention import (
    AuthorRetraction,
    Coordinates,
    Mention,
    MentionDisclosure,
    MentionRecord,
    Retraction,
    decode_mention,
    encode_mention,
)

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
wholes = st.integers(0, 2**53)
tenthousandths = st.integers(0, 10_000)
polarities = st.integers(-10_000, 10_000)
spans = st.tuples(wholes, wholes)
labels = st.sampled_from(LABELS)
roles = st.sampled_from(ROLES)
evidence = st.sampled_from(get_args(EvidenceKind))
registers = st.sampled_from(get_args(Register))
interactions = st.sampled_from(get_args(Interaction))
kinds = st.sampled_from(DISCLOSURE_KINDS)
coordinates = st.builds(Coordinates, words, wholes, wholes)
mentions = st.builds(
    Mention,
    post=words, version=wholes, company=words, platform=words, kind=words, event_time=wholes, origin=coordinates,
    evidence=evidence, confidence=tenthousandths, label=labels, score=polarities, scored=st.booleans(),
    language=words, role=roles, credibility=words, weight=wholes, register=registers, interaction=interactions,
    disclosures=st.lists(st.builds(MentionDisclosure, kinds, st.booleans(), spans), max_size=3).map(tuple),
    author=st.none() | words, signature=st.none() | words, repost_of=st.none() | words, versions=words,
    persons=st.lists(words, max_size=2).map(tuple), received=st.none() | wholes,
)  # fmt: skip
retractions = st.builds(Retraction, words, st.none() | wholes, wholes, coordinates) | st.builds(
    AuthorRetraction, words, wholes, coordinates
)
feelings = st.builds(Sentiment, labels, polarities, st.none() | words)
judged_posts = st.builds(
    Judged,
    key=words,
    language=st.builds(Language, words, tenthousandths),
    sentiment=feelings,
    author=st.builds(Speaker, roles, st.builds(Credibility, words, st.integers(0, 2_000))),
    register=registers,
    interaction=interactions,
    mentions=st.lists(
        st.builds(CompanyMention, words, evidence, tenthousandths, st.none() | spans, feelings, roles),
        max_size=3,
    ).map(tuple),
    disclosures=st.lists(
        st.builds(Disclosure, kinds, st.booleans(), spans, tenthousandths, st.none() | words), max_size=3
    ).map(tuple),
    signature=st.none() | words,
    versions=st.dictionaries(words, words, max_size=3),
    persons=st.lists(words, max_size=2).map(tuple),
)


@given(mentions | retractions)
def test_what_is_encoded_is_decoded_again(record: MentionRecord) -> None:
    raw = encode_mention(record)
    assert decode_mention(raw) == record
    assert encode_mention(decode_mention(raw)) == raw


@given(judged_posts)
def test_judged_has_exactly_the_contract_s_names_and_its_decimals_are_in_range(judged: Judged) -> None:
    wire = orjson.loads(encode_judged(judged))
    assert set(wire) == {
        "key", "language", "sentiment", "author", "register", "interaction", "mentions", "disclosures", "signature",
        "versions", "persons",
    }  # fmt: skip
    assert set(wire["language"]) == {"code", "confidence"}
    assert set(wire["sentiment"]) == {"label", "score", "lexicon"}
    assert set(wire["author"]) == {"role", "credibility"}
    assert set(wire["author"]["credibility"]) == {"class", "weight"}
    for mention in wire["mentions"]:
        assert set(mention) == {"company", "evidence", "confidence", "span", "sentiment", "role"}
        assert set(mention["sentiment"]) == {"label", "score"}
    for disclosure in wire["disclosures"]:
        assert set(disclosure) == {"kind", "explicit", "span", "confidence", "company"}
    shares = [found["confidence"] for found in (wire["language"], *wire["mentions"], *wire["disclosures"])]
    scores = [found["sentiment"]["score"] for found in (wire, *wire["mentions"])]
    assert all(0.0 <= share <= 1.0 for share in shares)
    assert all(-1.0 <= score <= 1.0 for score in scores)
    assert round(wire["sentiment"]["score"] * 10_000) == judged.sentiment.score
    assert round(wire["author"]["credibility"]["weight"] * 1_000) == judged.author.credibility.weight
