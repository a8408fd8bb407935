"""The language of short posts: French, English, or left alone."""

import pytest
from worded import words

from agents.language import LanguageIdentifier


@pytest.fixture(scope="module")
def identifier() -> LanguageIdentifier:
    return LanguageIdentifier()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Encore une heure d'attente au guichet, c'est pénible", "fr"),
        ("Another hour in the queue, so annoying", "en"),
        ("@acme merci pour la réponse rapide #service https://t.co/abc", "fr"),
        ("@acme thanks for the quick answer #bonjour https://t.co/abc", "en"),
        ("Otra hora esperando en la cola, qué pesadez", "other"),
        ("Un'altra ora in coda allo sportello, che noia", "other"),
        ("Mais uma hora na fila, não aguento", "other"),
        ("Schon wieder eine Stunde Warteschlange, unglaublich", "other"),
        ("また一時間待ちです", "other"),
        ("ساعة أخرى في الانتظار", "other"),
    ],
)
def test_code(identifier: LanguageIdentifier, text: str, code: str) -> None:
    assert identifier.identify(words(text)).code == code


@pytest.mark.parametrize("text", ["", "👍👍", "@acme #acme https://acme.example 42"])
def test_without_words_the_platform_decides(identifier: LanguageIdentifier, text: str) -> None:
    read = words(text)
    assert identifier.identify(read, "fr").code == "fr"
    assert identifier.identify(read, "en-GB").code == "en"
    assert identifier.identify(read, "ja").code == "other"
    assert identifier.identify(read).confidence == 0


def test_platform_tips_a_doubtful_post_but_not_a_clear_one(identifier: LanguageIdentifier) -> None:
    short = words("excellent service")
    assert identifier.identify(short, "fr").code == "fr"
    assert identifier.identify(short, "en").code == "en"
    clear = words("the service was very slow and nobody answered my questions")
    assert identifier.identify(clear, "fr").code == "en"


def test_confidence_grows_with_the_text(identifier: LanguageIdentifier) -> None:
    one = identifier.identify(words("bonjour"))
    more = identifier.identify(words("bonjour à toutes et à tous, merci pour vos messages"))
    assert one.confidence < more.confidence <= 10_000
