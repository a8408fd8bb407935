"""`vigie worker` whose judge has its answers at hand: what the stream costs, all but judge.

Every post of the sample corpus is judged once, at the start; a post of `stand.corpus_posts` is then answered by the
number in its key.
"""

from __future__ import annotations

from collections.abc import Sequence

from stand import corpus, corpus_posts

import streams.worker
from agents.judge import Judge
from schemas.codec import decode_post
from schemas.judged import Judged
from schemas.post import Post
from streams.cli import main
from streams.judges import load_credibility
from streams.settings import Settings
from streams.watchlist.reading import load_watchlists


class AnsweredJudge(Judge):
    """Gives what it once found; `key` of its answers is the first such post's."""

    def remember(self, posts: Sequence[Post]) -> None:
        self._answers = super().judge(posts)

    def judge(self, posts: Sequence[Post]) -> list[Judged]:
        answers = self._answers
        return [answers[int(post.key.partition(":")[2]) % len(answers)] for post in posts]


def answered(settings: Settings) -> Judge:
    judge = AnsweredJudge(load_watchlists(settings.watchlists), load_credibility(settings))
    records = corpus_posts(len(corpus()))
    judge.remember([post for _, value in records if isinstance(post := decode_post(value), Post)])
    return judge


if __name__ == "__main__":
    streams.worker.load_judge = answered
    main()
