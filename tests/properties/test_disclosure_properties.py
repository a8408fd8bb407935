"""Whatever the text: spans lie in it, tags are at most one a kind, the reading is a function of the post."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from worded import words

from agents.disclosing import speaker
from agents.disclosing.disclosure import DisclosureTagger, shipped_rules
from agents.disclosing.gate import Surface
from agents.disclosing.speaker import SpeakerProfiler, first_person
from agents.text.canvas import canvas
from agents.text.signature import Signer
from schemas.judged import Language
from schemas.post import Author, Post, Source

SIGNER = Signer()


def signature(text: str) -> str | None:
    return SIGNER.sign(words(text))[0]


BOOKS = shipped_rules()
TAGGER = DisclosureTagger(BOOKS)
PROFILER = SpeakerProfiler()
PIECES = st.sampled_from([
    "I work at Brixtel", "my boss", "yelled", "je bosse chez", "Orange", "60 h", "on", "notre client", "!",
    ". ", "\n",
    "😀", "é", "İ", "ß", "#team", "@x", "the pay is poor", "they told us", "half the site closes", "encore",
    "au bureau", "pot de départ", "omg", "lol", "haha", "hahaha,", "mdrr",
    "we're hiring", "I applied", "refund", "selon Les Échos", "10 ans chez",
])  # fmt: skip
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=12).map(" ".join))


@given(text=st.text(max_size=300))
def test_a_canvas_keeps_every_offset(text: str) -> None:
    surface = canvas(text)
    assert len(surface) == len(text) + 2
    assert canvas(text.lower() if len(text.lower()) == len(text) else text) == surface


@given(text=TEXTS, code=st.sampled_from(["en", "fr"]), bio=st.one_of(st.none(), st.text(max_size=40)))
def test_tags_are_sound(text: str, code: str, bio: str | None) -> None:
    post = Post("x:1", "twitter", text, 0, Source("test"), author=Author(bio=bio))
    language = Language(code, 9_000)
    reading = TAGGER.read(post, language, [])
    assert reading == TAGGER.read(post, language, [])
    kinds = [tag.kind for tag in reading.disclosures]
    assert len(kinds) == len(set(kinds))
    for tag in reading.disclosures:
        assert 0 <= tag.span[0] < tag.span[1] <= len(text)
        assert 0 <= tag.confidence <= 10_000
        assert tag.company is None
    thorough = TAGGER.read(post, language, [], thorough=True)
    assert thorough.disclosures == reading.disclosures
    assert PROFILER.profile(post, reading, []) == PROFILER.profile(post, reading, [])


@given(text=TEXTS)
def test_where_no_piece_may_speak_no_phrase_of_speech_wakes(text: str) -> None:
    pieces = text.split()
    for bit, book in enumerate(BOOKS.values()):
        surface = Surface(text)
        book.wake(surface, speech_alone=True)
        if any(surface.awake):
            assert any(said >> bit & 1 for said in TAGGER.may_speak(pieces))


@given(text=TEXTS)
def test_a_text_is_personal_if_a_piece_of_it_is(text: str) -> None:
    assert any(map(first_person, text.split())) == (
        speaker._FIRST_PERSON.search(f" {text}".lower()) is not None
    )


@given(text=st.text(max_size=200), tail=st.sampled_from([" https://t.co/x", " !!!", " 42", " #tag #other"]))
def test_a_signature_ignores_what_is_no_word(text: str, tail: str) -> None:
    plain = text.replace("#", " ").replace("@", " ")
    assert signature(plain + tail) == signature(plain)
