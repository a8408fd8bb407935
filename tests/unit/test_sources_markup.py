"""HTML of posts becomes text, in time that grows with its length alone."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sources.markup import Link, plain


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Un &amp; deux</p><p>Trois<br>quatre</p>", "Un & deux\n\nTrois\nquatre"),
        ("5 < 6 et 7 > 3", "5 < 6 et 7 > 3"),
        ("a<!-- never > read -->b", "ab"),
        ("a<!-- never closed > b", "a"),
        ("<script>alert(1)</script>ok<style>p{}</style>", "ok"),
        ("<DIV>un</DIV>\n<div>deux</div>", "un\ndeux"),
        ("&lt;b&gt; stays", "<b> stays"),
        ("dangling <a href='x", "dangling <a href='x"),
        ("<ul>\n<li>un</li>\n<li>deux</li>\n</ul>", "un\ndeux"),
        ("I <3 it <b>much</b>", "I <3 it much"),
        ("", ""),
    ],
)
def test_what_a_reader_sees(html: str, text: str) -> None:
    assert plain(html).text == text


def test_links_keep_their_place() -> None:
    page = plain(
        '<p> Voir <a class="u-url" href="https://a.example/?x=1&amp;y=2">là</a>, <a href=b>ici</a></p>'
    )
    assert page.text == "Voir là, ici"
    assert page.links == (Link(5, 7, "https://a.example/?x=1&y=2", "u-url"), Link(9, 12, "b", ""))


@given(st.text(st.sampled_from("<>/ap='\" &#;-!\nx"), max_size=80))
def test_it_is_total_and_links_lie_in_the_text(html: str) -> None:
    page = plain(html)
    for link in page.links:
        assert 0 <= link.start < link.end <= len(page.text)


@pytest.mark.parametrize(
    "piece",
    [
        "<a href='",
        "<!--",
        "<p>",
        "<",
        "&#",
        "<![CDATA[",
        "<?",
        "<a>",
        "<!-->",
        "<a href=''>",
        "&lt",
        "<a class=",
    ],
)
def test_hostile_markup_takes_no_longer_than_it_is_long(piece: str) -> None:
    html = piece * (400_000 // len(piece))
    start = time.perf_counter()
    plain(html)
    assert time.perf_counter() - start < 5  # seconds; the standard library's parser takes minutes
