"""What the sample corpus is judged to be, as one digest under the versions that judged it.

python tests/golden/judged.py      # record today's digest, after REVISION, lexicons or models changed
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import orjson

from schemas.codec import decode_post
from schemas.judged import encode_judged
from schemas.post import Post
from streams.judges import load_judge
from streams.settings import read_settings

ROOT = Path(__file__).parents[2]
RECORDED = Path(__file__).with_name("judged.json")


def today() -> tuple[dict[str, str], str]:
    """The versions that judge, and the digest of everything judged (less the versions)."""
    judge = load_judge(read_settings({}))
    lines = (ROOT / "deploy" / "corpus.jsonl").read_bytes().splitlines()
    posts = [post for line in lines if isinstance(post := decode_post(line), Post)]
    digest = hashlib.sha256()
    for judged in judge.judge(posts):
        digest.update(encode_judged(replace(judged, versions={})))
    return judge.versions, digest.hexdigest()


def recorded() -> tuple[dict[str, str], str]:
    kept = orjson.loads(RECORDED.read_bytes())
    return kept["versions"], kept["digest"]


if __name__ == "__main__":
    versions, digest = today()
    record = {"versions": versions, "digest": digest}
    RECORDED.write_bytes(
        orjson.dumps(record, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
    )
