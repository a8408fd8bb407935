"""What one token is, in French and in English."""

import pytest

from agents.text.tokens import fold, tokenize


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("L'équipe qu'on aime, c’est ici", ["l'", "equipe", "qu'", "on", "aime", ",", "c'", "est", "ici"]),
        ("Lorsqu'il pleut aujourd'hui", ["lorsqu'", "il", "pleut", "aujourd'hui"]),
        ("I don’t like Marc's shop.", ["i", "don't", "like", "marc's", "shop", "."]),
        ("@JetBlue thanks @alice.bsky.social, bye", ["@jetblue", "thanks", "@alice.bsky.social", ",", "bye"]),
        ("#FiersDeNosÉquipes $ORA +3,5% en 2026", ["#fiersdenosequipes", "$ora", "+", "3,5%", "en", "2026"]),
        ("https://exemple.fr/a-b?c=d, orange.fr!", ["https://exemple.fr/a-b?c=d", ",", "orange.fr", "!"]),
        ("écrire à jean.dupont@exemple.fr", ["ecrire", "a", "jean.dupont@exemple.fr"]),
        ("trop bien :-) <3 :'( ^^ -_-", ["trop", "bien", ":-)", "<3", ":'(", "^^", "-_-"]),
        ("nuuuuul !!!! 5000 fois...", ["nuul", "!!", "5000", "fois", ".."]),
        ("sous-effectif - rendez-vous", ["sous", "effectif", "-", "rendez", "vous"]),
        ("👍🏽👨\u200d👩\u200d👧 🇫🇷🇬🇧 ❤️", ["👍🏽", "👨👩👧", "🇫🇷", "🇬🇧", "❤"]),
        ("Straße ŒUVRE ﬁn 𝐁𝐨𝐥𝐝 Ｏｒａｎｇｅ", ["strasse", "oeuvre", "fin", "bold", "orange"]),
        ("cafe\u0301 İstanbul", ["cafe", "istanbul"]),
        ("", []),
        (" \n\t", []),
    ],
)  # fmt: skip
def test_tokens(text: str, folded: list[str]) -> None:
    assert tokenize(text).folded == folded


def test_offsets_are_those_of_the_original() -> None:
    text = "İİ Straße ﬃ cafe\u0301 👍🏽 fin"
    tokens = tokenize(text)
    assert tokens.surface == text.split()
    assert [text[s:e] for s, e in zip(tokens.starts, tokens.ends, strict=True)] == tokens.surface


def test_fold_agrees_with_tokens() -> None:
    assert fold("Déçu de l’Équipe") == "decu de l'equipe"


def test_a_full_stop_after_a_number_is_a_token_of_its_own_on_every_python() -> None:
    assert tokenize("it is only 11. Not 1.5, 11:30").folded == [
        "it",
        "is",
        "only",
        "11",
        ".",
        "not",
        "1.5",
        ",",
        "11:30",
    ]
