"""How often does the judge say what people said on the evidence page? `vigie corrections --out FILE` gives the file.

Confirmations and corrections count alike. The file holds posts: it stays outside the project.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import orjson

from agents.judge import Judge
from schemas.codec import decode_post
from schemas.correction import Correction, decode_correction
from schemas.judged import Judged
from schemas.post import Post
from streams.judges import load_judge
from streams.settings import read_settings


def agreement(lines: Iterable[bytes], judge: Judge) -> tuple[Counter[str], int]:
    """How many corrections the judge agrees with, by what they are about, and how many there are."""
    agreed: Counter[str] = Counter()
    total = 0
    for line in lines:
        found = orjson.loads(line)
        post = decode_post(orjson.dumps(found["post"]))
        if not isinstance(post, Post):
            raise TypeError(f"line {total + 1} holds no post: {post}")
        agreed.update(_agreed(judge.judge([post])[0], decode_correction(orjson.dumps(found["correction"]))))
        total += 1
    return agreed, total


def _agreed(judged: Judged, said: Correction) -> list[str]:
    """`company`: it finds the one that people name; `label`: and their feeling toward it; `disclosures`: all kinds."""
    mentions = {mention.company: mention for mention in judged.mentions}
    kinds = {found.kind for found in judged.disclosures if found.company in {None, said.company}}
    found = ["disclosures"] if kinds == set(said.disclosures) else []
    if said.about is None:
        return [*found, "company", "label"] if said.company not in mentions else found
    mention = mentions.get(said.about)
    if mention is not None:
        found += ["company", *(["label"] if mention.sentiment.label == said.label else [])]
    return found


def main() -> None:
    lines = [line for line in Path(sys.argv[1]).read_bytes().splitlines() if line]
    agreed, total = agreement(lines, load_judge(read_settings()))
    print(f"{total} judgements that people spoke of; the judge agrees on")
    for name in ("company", "label", "disclosures"):
        share = f"{100 * agreed[name] / total:.1f} %" if total else "nothing to tell"
        print(f"  {name:12}{agreed[name]:6}  {share}")


if __name__ == "__main__":
    main()
