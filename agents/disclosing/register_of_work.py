"""Does a text read like talk of one's own work, of which kind, and who speaks? What the models make of it, on the
scale of the rules' weights.

Two models look at a text. The first costs next to nothing (`agents.disclosing.work_hashes`) and settles most posts;
where it does not, the second (`agents.disclosing.work_words`), which anyone can read, has the same say. Both were better
together than either alone: agents/models/work.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from agents.disclosing.fields import Fields
from agents.disclosing.passage import sentences
from agents.disclosing.work_hashes import COLUMNS
from agents.disclosing.work_words import Words, WorkModel
from agents.text.canvas import canvas, spaced
from schemas.judged import DISCLOSURE_KINDS, ROLES, Role, Span

# points of the first look from which down the tables are not asked: on the blind sets they turned nothing
SETTLED = -100
DOUBTFUL = 0  # points for any disclosure from which up one may be told
_KINDS = len(DISCLOSURE_KINDS) + 1
_ROLE_AT = {role: COLUMNS.index(role) for role in ROLES}
_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")  # may part a word, and nobody sees it
_NO_WORD = re.compile("[^a-z0-9]+")
# of such things a person may speak without speaking of an organisation: no model decides there
_PRIVATE = re.compile(
    r" (?:cancer|chemo|chimio|my health |ma sante |transgender|transgenre|bisex|homosex|atheis|athee |"
    r"union (?:rep|member|steward|man |woman )|syndicalist|syndique|delegue syndical|encartee? |"
    r"(?<!office )politics |(?<!police )criminal |casier judiciaire |relig|"
    r"depress|diagnos|malade? |maladies? |sick |ill |burn ?out|diabet|enceinte|pregnan|hiv|seropo|suicid|"
    r"church|mosque|mosqu|eglise|synagog|ramadan|pray|priere|believer|croyan|christian|muslim|musulman|catholi|juif|jew|"
    r"vote|voted|gay|lesb|sexual|sexuel|prison(?!s? (?:officer|staff|service|guard))|jail|convict|arrest)"
)


@dataclass(frozen=True, slots=True)
class WorkTalk:
    """The tables of one language: what kinds of disclosure a text reads like (`work`), and who speaks (`role`)."""

    fields: Fields
    work: WorkModel
    role: WorkModel


class Said:
    """What the models make of one text; asked only for what is needed. Without models it says nothing."""

    __slots__ = ("_look", "_speaker", "_talk", "_tally", "_text", "_words", "whole")

    def __init__(self, talk: WorkTalk | None, text: str, look: Sequence[int] = ()) -> None:
        """`look`: the first look's points toward each of its columns, if it had one. `whole`: points for any
        disclosure."""
        self._text, self._look = text, look
        self._speaker: Mapping[str, int] | None = None
        self._talk = None if look and look[0] < SETTLED else talk
        self.whole = look[0] if look else 0
        if self._talk is not None:
            self._words = Words(text, spaced(text))
            self._tally = self._talk.work.tally(self._words)
            first = self._talk.work.first(self._tally, self._words)
            self.whole = (self.whole + first) // 2 if look else first

    @property
    def evidence(self) -> Mapping[str, int]:
        """Points for any disclosure and for each kind."""
        looked = dict(zip(COLUMNS[:_KINDS], self._look[:_KINDS], strict=False))
        if self._talk is None:
            return looked
        work = self._talk.work
        return _both(looked, dict(zip(work.columns, work.points(self._tally, self._words), strict=True)))

    @property
    def speaker(self) -> Mapping[str, int]:
        """Points for each role, and under "explicit" for a tie and a fact that are both said. Who speaks where hardly
        anything is disclosed the first look tells alone."""
        if self._speaker is None:
            self._speaker = self._who()
        return self._speaker

    def _who(self) -> Mapping[str, int]:
        looked = dict(zip(COLUMNS[_KINDS:], self._look[_KINDS:], strict=False))
        if self._talk is None or (looked and self.whole < DOUBTFUL):
            return looked
        role = self._talk.role
        return _both(
            looked, dict(zip(role.columns, role.points(role.tally(self._words), self._words), strict=True))
        )

    def likeliest(self, roles: Mapping[Role, int]) -> Role:
        """Of some roles, each with a start, the one with most points; the first of those alike, and where no model tells
        any."""
        if self._look and self.whole < DOUBTFUL:  # as below, without naming each
            look = self._look
            return max(roles, key=lambda role: look[_ROLE_AT[role]] + roles[role])
        points = self.speaker
        if not points:
            return next(iter(roles))
        return max(roles, key=lambda role: points.get(role, 0) + roles[role])

    @property
    def private(self) -> bool:
        """Whether a word of health, faith, politics, sexual life or crime stands in the text."""
        words = _NO_WORD.sub(" ", canvas(_UNSEEN.sub("", self._text)))
        return _PRIVATE.search(words) is not None

    def passage(self, kind: str, told: Sequence[tuple[int, Span]]) -> Span:
        """The sentence that shows `kind`, by its words and by what rules tell of it (`told`: weights and spans),
        the first of those that do alike; with the stronger neighbour that speaks at least half as much."""
        parts = sentences(self._text)
        if self._talk is None or len(parts) == 1:
            return parts[0]
        folded = spaced(self._text)[1:-1]
        work = self._talk.work
        weights = []
        for start, end in parts:
            rules = sum(weight for weight, (low, high) in told if low < end and start < high)
            weights.append(work.plain(Words("", folded[start:end]), kind, work.columns[0]) + rules)
        best = weights.index(max(weights))
        near = [at for at in (best - 1, best + 1) if 0 <= at < len(parts)]
        other = max(near, key=lambda at: weights[at])
        if weights[other] <= 0 or 2 * weights[other] < weights[best]:
            other = best
        return parts[min(best, other)][0], parts[max(best, other)][1]

    def shares(self, kind: str) -> tuple[tuple[str, int], ...]:
        """What of a text speaks for `kind` in the tables, the strongest first, in points."""
        return self._talk.work.shares(self._words, kind) if self._talk else ()


def _both(looked: Mapping[str, int], read: Mapping[str, int]) -> Mapping[str, int]:
    """The mean of two models' points."""
    return {name: (looked[name] + points) // 2 for name, points in read.items()} if looked else read


def shipped_talk(language: str) -> WorkTalk | None:
    """The models shipped for a language, None where there are none."""
    folder = files("agents")
    fields = folder.joinpath("lexicons", f"fields_{language}.toml")
    if not fields.is_file():
        return None
    made = Fields(fields.read_text("utf-8"))
    work, role = (
        WorkModel(folder.joinpath("models", f"{name}_{language}.tsv").read_text("utf-8"), made)
        for name in ("work", "role")
    )
    return WorkTalk(made, work, role)
