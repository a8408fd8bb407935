"""`vigie explain`: why a post is judged as it is, for a person to read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing

from agents.disclosing.explanation import Evidence, KindExplained
from agents.judge import Explained, Judge
from schemas.judged import Span
from schemas.post import Post
from streams.judges import load_judge
from streams.settings import Settings
from streams.sources.contract import Dropped, Source, Upsert
from streams.sources.fields import FieldMap
from streams.sources.opening import open_source

Say = Callable[[str], None]


def explain_file(settings: Settings, path: str, fields: Sequence[str], key: str | None, say: Say) -> int:
    """Explain each post of a file, or only the one called `key`; exit status 2 where a line was no post,
    1 where no post is called `key`."""
    source = open_source(path, FieldMap.parse(fields))
    return asyncio.run(_explain(load_judge(settings), source, key, say))


async def _explain(judge: Judge, source: Source, key: str | None, say: Say) -> int:
    found = rejected = 0
    async with aclosing(source.events(None)) as events:
        async for event in events:
            if isinstance(event, Dropped):
                rejected += 1
                say(f"line {event.reject.offset}: {event.reject.reason}: {event.reject.detail}\n")
            elif isinstance(event, Upsert) and key in {None, event.post.key}:
                found += 1
                for line in explanation_lines(event.post, judge.explain(event.post)):
                    say(line)
    if rejected:
        return 2
    return int(key is not None and not found)


def explanation_lines(post: Post, explained: Explained) -> Iterator[str]:
    """The text with its disclosures marked, then each finding with the evidence for and against it."""
    judged = explained.judged
    yield f"{post.key} ({post.platform}, {post.kind})"
    yield f"  {_marked(post.text, [(found.span, found.kind) for found in judged.disclosures])}"
    language, sentiment = judged.language, judged.sentiment
    yield f"  language     {language.code} ({language.confidence / 100:.0f} %)"
    by = sentiment.lexicon or "nothing: unscored"
    yield f"  sentiment    {sentiment.label} ({sentiment.score / 10_000:+.2f}, by {by})"
    credibility = judged.author.credibility
    yield f"  author       {judged.author.role}; {credibility.level}, weight {credibility.weight / 1000:g}"
    yield f"  register     {judged.register}; {judged.interaction}"
    for match, mention in zip(explained.matches, judged.mentions, strict=True):
        yield (
            f"  company      {match.company}: by {match.evidence} {_quoted(post.text, match.span)} "
            f"({match.confidence / 100:.0f} %), {mention.sentiment.label}, author is {mention.role}"
        )
    for found in judged.disclosures:
        mode = "explicit" if found.explicit else "implicit"
        yield (
            f"  discloses    {found.kind}, {mode}, {_quoted(post.text, found.span)}, "
            f"of {found.company or 'no company named'} ({found.confidence / 100:.0f} %)"
        )
    for account in explained.disclosure.kinds:
        yield from _account(account)
    for name, signs in (("tie", explained.disclosure.ties), ("against", explained.disclosure.against)):
        for sign in signs:
            yield f"  sign         {name} {_rule(sign)}"
    yield f"  versions     {', '.join(f'{name} {version}' for name, version in judged.versions.items())}"
    yield ""


def _account(account: KindExplained) -> Iterator[str]:
    outcome = "tagged" if account.disclosure else f"not tagged, lacking {'; '.join(account.lacking)}"
    yield f"  weighed      {account.kind}: {account.score} of {account.needed}, {outcome}"
    for evidence in account.evidence:
        yield f"               {_rule(evidence)}"
    for points, words in (
        (account.tie, "the author's tie to an organisation"),
        (account.model, _model(account)),
        (-account.against, "what speaks against it"),
    ):
        if points:
            yield f"               {points:+d} {words}"


def _model(account: KindExplained) -> str:
    words = ", ".join(f"“{word}” {weight:+d}" for word, weight in account.words)
    return f"the trained model, most by {words}" if words else "the trained model"


def _rule(evidence: Evidence) -> str:
    return f"{evidence.weight:+d} {evidence.rule} “{evidence.passage}”"


def _quoted(text: str, span: Span | None) -> str:
    return "in the metadata" if span is None else f"“{text[span[0] : span[1]]}”"


def _marked(text: str, spans: Sequence[tuple[Span, str]]) -> str:
    """The text with each span in brackets, followed by its kind."""
    opening: dict[int, str] = {}
    closing: dict[int, str] = {}
    for (start, end), kind in spans:
        opening[start] = opening.get(start, "") + "["
        closing[end] = f"]({kind})" + closing.get(end, "")
    places = range(len(text) + 1)
    return "".join(f"{closing.get(at, '')}{opening.get(at, '')}{text[at : at + 1]}" for at in places)
