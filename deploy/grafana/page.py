"""What every dashboard has: its address, times, choices at the top, links, and dips marked in time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard as model

from deploy.grafana.expressions import dips
from deploy.grafana.panels import POSTS_BEHIND, SOURCE, evidence, uid_in
from deploy.grafana.text import NAMES, OTHER, WINDOWS, Language, Text
from streams.exporting.metrics import LOW


class Page(NamedTuple):
    """A dashboard before its language is chosen."""

    uid: str
    title: Text
    about: Text


REPUTATION = Page(
    "vigie-reputation",
    Text("Reputation", "Réputation"),
    Text(
        "All watched companies at a glance: score and certainty, loudness, disclosures, who speaks.",
        "Toutes les entreprises suivies d'un coup d'œil : score et certitude, volume, révélations, auteurs.",
    ),
)
COMPANY = Page(
    "vigie-company",
    Text("One company", "Une entreprise"),
    Text(
        "One company in depth: how its score moved, how sure it is, what leaks, who speaks.",
        "Une entreprise en détail : évolution du score, certitude, révélations, auteurs.",
    ),
)
STREAM = Page(
    "vigie-stream",
    Text("Pipeline", "Chaîne de traitement"),
    Text(
        "Can the figures be trusted right now? Whether Vigie runs, keeps up and reads what it is given.",
        "Peut-on se fier aux chiffres en ce moment ? Vigie tourne-t-elle, suit-elle, sait-elle tout lire ?",
    ),
)
EVIDENCE = "http://localhost:9613"  # the evidence page, where compose.yaml and `vigie run` have it
PAGES = (REPUTATION, COMPANY, STREAM)


def page(
    here: Page,
    language: Language,
    choices: Sequence[Builder[model.VariableModel]] = (),
    marked: str | None = None,
) -> build.Dashboard:
    """An empty dashboard. `marked`: the company (a matcher) whose dips are marked in its curves."""
    made = build.Dashboard(here.title.to(language)).uid(uid_in(here.uid, language))
    made.description(here.about.to(language)).tags(["vigie", language]).timezone("browser").refresh("1m")
    made.time("now-24h", "now").tooltip(model.DashboardCursorSync.CROSSHAIR).readonly()
    for choice in choices:
        made.with_variable(choice)
    for other in PAGES:
        if other is not here:
            made.link(_link(other.title.to(language), other, language))
    there = OTHER[language]
    made.link(_link(NAMES[there], here, there))
    if marked is not None:
        made.annotation(_dips(marked, language))
    return made


def evidence_address() -> build.TextBoxVariable:
    """Where people reach the evidence page: not shown, changed in the dashboard's settings or by `?var-evidence=`."""
    return build.TextBoxVariable("evidence").default_value(EVIDENCE).hide(model.VariableHide.HIDE_VARIABLE)


def posts_behind(language: Language) -> build.DashboardLink:
    """The evidence page of the company and the time that the dashboard shows."""
    made = build.DashboardLink(POSTS_BEHIND.to(language)).type(model.DashboardLinkType.LINK)
    return made.url(evidence(language, "${company}")).target_blank(target_blank=True).icon("external link")


def windows(language: Language) -> build.CustomVariable:
    """Over how much time the figures look back."""
    words = {name: text.to(language) for name, text in WINDOWS.items()}
    first = "24h"
    return (
        build.CustomVariable("window")
        .label(Text("Figures over the", "Chiffres sur les").to(language))
        .values(", ".join(f"{text} : {name}" for name, text in words.items()))
        .current(model.VariableOption(selected=True, text=words[first], value=first))
    )


def companies(language: Language, *, several: bool) -> build.QueryVariable:
    made = (
        build.QueryVariable("company")
        .label(Text("Company", "Entreprise").to(language))
        .datasource(SOURCE)
        .query({"query": f"label_values({LOW.name}, company)", "refId": "companies"})
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(model.VariableSort.ALPHABETICAL_ASC)
        .multi(multi=several)
    )
    if several:
        everyone = Text("All", "Toutes").to(language)
        made.include_all(include_all=True).all_value(".+")
        made.current(model.VariableOption(selected=True, text=[everyone], value=["$__all"]))
    return made


def _link(title: str, to: Page, language: Language) -> build.DashboardLink:
    made = build.DashboardLink(title).type(model.DashboardLinkType.LINK).url(f"/d/{uid_in(to.uid, language)}")
    return made.keep_time(keep_time=True).include_vars(include_vars=True)


def _dips(company: str, language: Language) -> build.AnnotationQuery:
    made = build.AnnotationQuery().name(Text("Dips", "Chutes").to(language)).datasource(SOURCE)
    made.enable(enable=True).icon_color("red").expr(dips(company))
    return made
