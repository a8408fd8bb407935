"""Words walked through the automaton side by side find what each finds alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from agents.language import CANDIDATES, _WordScores

WEIGHTS = LanguageIdentifier.from_model_file(MODEL_FILE)
WEIGHTS.set_languages(CANDIDATES)
SCORES = _WordScores(WEIGHTS)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20) | st.sampled_from(
    ["bonjour", "the", "été", "straße", "привет", "日本語", "a", "ñandú"]
)


def alone(spelt: bytes) -> list[int]:
    state, found = 0, []
    for byte in spelt:
        state = WEIGHTS.tk_nextmove[(WEIGHTS.tk_row[state] << 8) + byte]
        feature = WEIGHTS.tk_output[state]
        if feature >= 0:
            found.append(feature)
    return found


@given(st.lists(WORDS, min_size=1, max_size=8))
def test_many_words_walk_as_each_alone(words: list[str]) -> None:
    spelt = [f" {word} ".encode() for word in words]
    whose, features = SCORES._walk(spelt)
    assert whose.tolist() == sorted(whose.tolist())
    for place, word in enumerate(spelt):
        assert sorted(features[whose == place].tolist()) == sorted(alone(word))
