"""Make agents/lexicons/*.tsv again from the public packages they come from (see agents/lexicons/CARD.md).

    python tests/evaluation/build_lexicons.py VADER_FR AFINN EMOJI

VADER_FR is the unpacked source of vaderSentiment-fr (PyPI), AFINN and EMOJI those of afinn-165-multilingual
and emoji-emotion (npm); vaderSentiment, textblob and textblob-fr are read where they are installed. Only the
data of these packages is read, none of their code runs.
"""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from agents.text.tokens import fold, tokenize

LEXICONS = Path(__file__).parents[2] / "agents" / "lexicons"
Entries = Iterable[tuple[str, float]]


def package(name: str) -> Path:
    """Where an installed package lies, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{name} is not installed")
    return Path(spec.origin).parent


def vader(path: Path, separator: str) -> Iterator[tuple[str, float]]:
    for line in path.read_text("utf8").splitlines():
        word, found, rest = line.partition(separator)
        if found:
            yield word, float(rest.split("\t")[0]) / 4


def pattern(path: Path) -> Iterator[tuple[str, float]]:
    for word in ET.parse(path).getroot():  # noqa: S314  (a file of an installed package)
        yield word.attrib["form"], float(word.attrib["polarity"])


def afinn(path: Path) -> Iterator[tuple[str, float]]:
    for word, valence in json.loads(path.read_text("utf8")).items():
        if valence is not None:
            yield word, float(valence) / 5


def write(name: str, header: str, sources: list[Entries]) -> None:
    """One line a word, sorted: the folded word, its valence in each source, -100..100 (0: not listed)."""
    table: defaultdict[str, list[list[float]]] = defaultdict(lambda: [[] for _ in sources])
    for column, source in enumerate(sources):
        for word, valence in source:
            folded = fold(word)
            if len(tokenize(word)) == 1 and not folded.isdigit():
                table[folded][column].append(valence)
    lines = [f"# {header}"]
    for word, columns in sorted(table.items()):
        means = [round(100 * sum(found) / len(found)) if found else 0 for found in columns]
        if any(means):
            lines.append("\t".join([word, *map(str, means)]))
    (LEXICONS / name).write_text("\n".join(lines) + "\n", "utf8")


def main() -> None:
    vader_fr, afinn_root, emoji_root = map(Path, sys.argv[1:4])
    word_lists = afinn_root / "build"
    write("en.tsv", "word vader pattern afinn", [
        vader(package("vaderSentiment") / "vader_lexicon.txt", "\t"),
        pattern(package("textblob") / "en" / "en-sentiment.xml"),
        afinn(word_lists / "AFINN-en.json"),
    ])  # fmt: skip
    write("fr.tsv", "word vader pattern afinn", [
        vader(vader_fr / "vaderSentiment_fr" / "fr_lexicon.txt", "->"),
        pattern(package("textblob_fr") / "fr-sentiment.xml"),
        afinn(word_lists / "AFINN-fr.json"),
    ])  # fmt: skip
    emoji = re.findall(r"emoji: '(.+?)',\s+polarity: (-?\d)", (emoji_root / "index.js").read_text("utf8"))
    write("emoji.tsv", "emoji valence", [[(sign, int(valence) / 5) for sign, valence in emoji]])


if __name__ == "__main__":
    main()
