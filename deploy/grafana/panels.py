"""How a question becomes a panel: one size of words, colours and silence for all of them.

Colours are told apart by the colour-blind too (blue, orange, red), and never alone: a word or a figure
stands with each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    prometheus,
    stat,
    statetimeline,
    table,
    timeseries,
)
from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import common as style
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from deploy.grafana.text import NO, YES, Language, Question, Text

SOURCE = model.DataSourceRef(type_val="prometheus", uid="vigie-prometheus")
BLUE, GREY, ORANGE, RED = "blue", "#8e8e8e", "orange", "red"
Steps = tuple[tuple[float | None, str], ...]
POSTS_BEHIND = Text("The posts behind it", "Les messages derrière les chiffres")
PLAIN: Steps = ((None, BLUE),)
SCORE: Steps = ((None, RED), (40, ORANGE), (45, GREY), (55, BLUE))
TONES = {"negative": ORANGE, "neutral": GREY, "positive": BLUE, "unscored": "#5a5a5a"}

Drawn = Builder[model.Panel]
Panel = TypeVar(
    "Panel", stat.Panel, timeseries.Panel, bargauge.Panel, table.Panel, statetimeline.Panel
)  # the builders that are used


class Query(NamedTuple):
    """PromQL, and the legend: a template such as {{company}}, or words."""

    expr: str
    legend: str | Text = ""


class Column(NamedTuple):
    """A column of a table of companies: its heading, PromQL that gives one value a company, its unit."""

    heading: Text
    expr: str
    unit: str = "short"
    decimals: int = 0
    answers: Mapping[str, Text] | None = None  # value -> word


@dataclass(frozen=True, slots=True)
class Panels:
    """Panels in one language. `width` in 24ths of the page, `height` in Grafana's grid units (30 px)."""

    language: Language

    def figure(
        self,
        question: Question,
        *queries: Query,
        unit: str = "short",
        steps: Steps = PLAIN,
        width: int = 6,
        decimals: int | None = None,
        answers: Mapping[str, Text] | None = None,
    ) -> stat.Panel:
        """One figure, or a few side by side, as of now."""
        panel = stat.Panel().graph_mode(style.BigValueGraphMode.NONE)
        panel.color_mode(style.BigValueColorMode.VALUE).reduce_options(_now())
        panel = self._asked(panel, question, queries, unit, steps, decimals, now=True)
        return panel.mappings(self._words(answers)).span(width).height(4)

    def yes(self, question: Question, expr: str, width: int = 6) -> stat.Panel:
        """An answer: yes where `expr` is 1, no where it is 0."""
        steps: Steps = ((None, RED), (1, BLUE))
        return self.figure(question, Query(expr), steps=steps, width=width, answers={"1": YES, "0": NO})

    def bars(
        self,
        question: Question,
        *queries: Query,
        unit: str = "short",
        steps: Steps = PLAIN,
        width: int = 8,
        names: Mapping[str, Text] | None = None,
        most: float | None = None,
        decimals: int | None = None,
    ) -> bargauge.Panel:
        """A bar a series, as of now; `names` puts words for the legends, `most` is a full bar."""
        panel = bargauge.Panel().display_mode(style.BarGaugeDisplayMode.BASIC).reduce_options(_now())
        panel.orientation(style.VizOrientation.HORIZONTAL).value_mode(style.BarGaugeValueMode.TEXT).min(0)
        panel = self._asked(panel, question, queries, unit, steps, decimals, now=True)
        if most is not None:
            panel.max(most)
        return self._named(panel, names).span(width).height(8)

    def curve(
        self,
        question: Question,
        *queries: Query,
        unit: str = "short",
        steps: Steps = PLAIN,
        width: int = 12,
        names: Mapping[str, Text] | None = None,
        stacked: bool = False,
        span: tuple[float, float] | None = None,
    ) -> timeseries.Panel:
        """Lines over the time chosen at the top; thresholds beyond the first are drawn as dashed lines."""
        panel = timeseries.Panel().line_width(2).fill_opacity(25 if stacked else 0)
        panel.show_points(style.VisibilityMode.NEVER).tooltip(
            common.VizTooltipOptions().mode(style.TooltipDisplayMode.MULTI).sort(style.SortOrder.DESCENDING)
        )
        panel.legend(
            common.VizLegendOptions().show_legend(show_legend=True)
            .display_mode(style.LegendDisplayMode.LIST).placement(style.LegendPlacement.BOTTOM)
        )  # fmt: skip
        panel.color_scheme(build.FieldColor().mode(model.FieldColorModeId.PALETTE_CLASSIC_BY_NAME))
        if stacked:
            panel.stacking(common.StackingConfig().mode(style.StackingMode.NORMAL).group("all"))
        if len(steps) > 1:
            dashed = common.GraphThresholdsStyleConfig().mode(style.GraphThresholdsStyleMode.DASHED)
            panel.thresholds_style(dashed)
        if span is not None:
            panel.min(span[0]).max(span[1])
        panel = self._asked(panel, question, queries, unit, steps, None, now=False)
        return self._named(panel, names).span(width).height(9)

    def states(
        self, question: Question, query: Query, answers: Mapping[str, Text], width: int = 24
    ) -> statetimeline.Panel:
        """A band a series, coloured and worded by its value."""
        steps: Steps = ((None, RED), (1, BLUE))
        panel = self._asked(statetimeline.Panel(), question, (query,), "short", steps, None, now=False)
        return panel.mappings(self._words(answers)).span(width).height(5)

    def companies(
        self, question: Question, columns: Sequence[Column], *, height: int = 12, worst_first: int = 0
    ) -> table.Panel:
        """A row a company, each a link to its own page; sorted by column `worst_first`, lowest on top."""
        queries = [Query(column.expr) for column in columns]
        panel = self._asked(table.Panel(), question, queries, "short", PLAIN, None, now=True)
        order = {"Time": True, "": True}
        headings = {
            f"Value #{_ref(index)}": column.heading.to(self.language) for index, column in enumerate(columns)
        }
        company = Text("Company", "Entreprise").to(self.language)
        panel.with_transformation(model.DataTransformerConfig(id_val="merge", options={}))
        panel.with_transformation(
            model.DataTransformerConfig(
                id_val="organize",
                options={"excludeByName": order, "renameByName": {"company": company, **headings}},
            )
        )
        panel.override_by_name(company, [_property("links", [self._to_company(), self._to_posts()])])
        for column in columns:
            properties = [_property("unit", column.unit), _property("decimals", column.decimals)]
            if column.answers:
                properties.append(
                    _property("mappings", [mapping.to_json() for mapping in self._words(column.answers)])
                )
            panel.override_by_name(column.heading.to(self.language), properties)
        first = columns[worst_first].heading.to(self.language)
        panel.sort_by([common.TableSortByFieldState().display_name(first).desc(desc=False)])
        return panel.span(24).height(height)

    def row(self, title: Text) -> build.Row:
        return build.Row(title.to(self.language))

    def _asked(
        self,
        panel: Panel,
        question: Question,
        queries: Sequence[Query],
        unit: str,
        steps: Steps,
        decimals: int | None,
        *,
        now: bool,
    ) -> Panel:
        panel.title(question.asks.to(self.language)).description(question.means.to(self.language))
        panel.no_value(question.silent.to(self.language)).datasource(SOURCE).unit(unit)
        colours = [model.Threshold(value=value, color=colour) for value, colour in steps]
        panel.thresholds(build.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(colours))
        if decimals is not None:
            panel.decimals(decimals)
        for index, query in enumerate(queries):
            legend = query.legend.to(self.language) if isinstance(query.legend, Text) else query.legend
            asked = prometheus.Dataquery().expr(query.expr).legend_format(legend or "__auto")
            asked.ref_id(_ref(index)).datasource(SOURCE)
            if now:
                asked.instant()
            else:
                asked.range()
            if isinstance(panel, table.Panel):
                asked.format(PromQueryFormat.TABLE)
            panel.with_target(asked)
        return panel

    def _named(self, panel: Panel, names: Mapping[str, Text] | None) -> Panel:
        for value, words in (names or {}).items():
            properties = [_property("displayName", words.to(self.language))]
            if value in TONES:
                properties.append(_property("color", {"mode": "fixed", "fixedColor": TONES[value]}))
            panel.override_by_name(value, properties)
        return panel

    def _words(self, answers: Mapping[str, Text] | None) -> list[model.ValueMapping]:
        if not answers:
            return []
        options = {
            value: model.ValueMappingResult(text=words.to(self.language), index=index)
            for index, (value, words) in enumerate(answers.items())
        }
        return [model.ValueMap(options=options)]

    def _to_company(self) -> dict[str, object]:
        title = Text("What is said of it?", "Qu'en dit-on ?").to(self.language)
        return {"title": title, "url": link("vigie-company", self.language, "${__value.raw}")}

    def _to_posts(self) -> dict[str, object]:
        return {
            "title": POSTS_BEHIND.to(self.language),
            "url": evidence(self.language, "${__value.raw}"),
            "targetBlank": True,
        }


def evidence(language: Language, company: str) -> str:
    """The evidence page of `company` over the times that the reader has chosen; the dashboard says where that is."""
    return f"${{evidence}}/company/{company}?from=${{__from}}&to=${{__to}}&lang={language}"


def link(uid: str, language: Language, company: str) -> str:
    """The page `uid` for `company`, with the window and the times that the reader has chosen."""
    return f"/d/{uid_in(uid, language)}?var-company={company}&${{window:queryparam}}&${{__url_time_range}}"


def uid_in(uid: str, language: Language) -> str:
    """English pages have the plain uid, for the alert rules name them."""
    return uid if language == "en" else f"{uid}-{language}"


def _ref(index: int) -> str:
    return chr(ord("A") + index)


def _property(name: str, value: Any) -> model.DynamicConfigValue:
    return model.DynamicConfigValue(id_val=name, value=value)


def _now() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["lastNotNull"]).values(values=False).fields("")
