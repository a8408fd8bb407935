"""One company in depth: the page that an alert links to."""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.models import dashboard as model

from deploy.grafana.expressions import ONE, WINDOW, of_company, series, share, summed
from deploy.grafana.page import COMPANY, companies, evidence_address, page, posts_behind, windows
from deploy.grafana.panels import BLUE, GREY, ORANGE, RED, SCORE, Drawn, Panels, Query
from deploy.grafana.reputation import NO_DISCLOSURE, NO_MENTION
from deploy.grafana.text import (
    CLASSES,
    KINDS,
    MODES,
    NO,
    ROLES,
    SENTIMENTS,
    WINDOWS,
    YES,
    Language,
    Question,
    Text,
)
from streams.exporting import metrics as m

UNWATCHED = Text(
    "Vigie has no figures for this company: is it on the watchlist, and has anyone spoken of it yet?",
    "Vigie n'a pas de chiffres pour cette entreprise : est-elle suivie, et en a-t-on déjà parlé ?",
)
TOO_LITTLE = Text(
    "Too little is said for a score: choose a longer window",
    "On en parle trop peu pour un score : choisissez une durée plus longue",
)
USUAL = Text("usually at least", "d'habitude au moins")
LOW, HIGH = Text("at least", "au moins"), Text("at most", "au plus")


def company(language: Language) -> build.Dashboard:
    panels = Panels(language)
    choices = [companies(language, several=False), windows(language), evidence_address()]
    made = page(COMPANY, language, choices, marked=ONE).link(posts_behind(language))
    for figure in _standing(panels):
        made.with_panel(figure)
    for curve in (_course(panels), _moods(panels), _said(panels), _voice(panels)):
        made.with_panel(curve)
    made.with_row(panels.row(Text("What leaks from inside", "Ce qui filtre de l'intérieur")))
    for bars in _disclosures(panels):
        made.with_panel(bars)
    made.with_row(panels.row(Text("Whom to believe", "Qui croire")))
    for bars in _sources(panels):
        made.with_panel(bars)
    made.with_row(
        panels.row(Text("People who agreed to be followed", "Personnes qui ont accepté d'être suivies"))
    )
    made.with_panel(_persons(panels))
    return made


def _of(metric: m.Metric) -> str:
    return of_company(metric, ONE)


def _standing(panels: Panels) -> list[Drawn]:
    score = Question(
        Text("What is its score?", "Quel est son score ?"),
        Text(
            "0: all blame, 50: neutral, 100: all praise, over the window chosen at the top.",
            "0 : que des critiques, 50 : neutre, 100 : que des éloges, sur la durée choisie en haut.",
        ),
        TOO_LITTLE,
    )
    sure = Question(
        Text("How sure is that?", "Est-ce sûr ?"),
        Text(
            "19 times out of 20 the true opinion lies between these two. Far apart: too few voices to be sure.",
            "19 fois sur 20, l'opinion réelle se trouve entre ces deux bornes. Éloignées : trop peu de voix.",
        ),
        UNWATCHED,
    )
    enough = Question(
        Text("Is enough said to tell?", "En parle-t-on assez pour juger ?"),
        Text(
            "A score needs about five independent mentions; copies of one text count as one.",
            "Un score demande environ cinq mentions indépendantes ; les copies d'un texte comptent pour une.",
        ),
        UNWATCHED,
    )
    loud = Question(
        Text("How many mentions, how many voices?", "Combien de mentions, combien de voix ?"),
        Text(
            "Posts about the company, and to how many equally active authors they amount.",
            "Messages sur l'entreprise, et à combien d'auteurs également actifs ils équivalent.",
        ),
        UNWATCHED,
    )
    newest = Question(
        Text("When was it last spoken of?", "Quand en a-t-on parlé pour la dernière fois ?"),
        Text("Time of the newest post about it.", "Heure du dernier message à son sujet."),
        UNWATCHED,
    )
    mentions = f"sum({series(m.WINDOW_MENTIONS, company=ONE, window=WINDOW)})"
    return [
        panels.figure(score, Query(_of(m.SCORE), "score"), steps=SCORE, width=4, decimals=1),
        panels.figure(sure, Query(_of(m.LOW), LOW), Query(_of(m.HIGH), HIGH), width=5, decimals=1),
        panels.figure(
            enough,
            Query(_of(m.INSUFFICIENT), "?"),
            steps=((None, BLUE), (1, ORANGE)),
            width=5,
            answers={"0": YES, "1": NO},
        ),
        panels.figure(
            loud,
            Query(mentions, Text("mentions", "mentions")),
            Query(_of(m.AUTHORS), Text("voices", "voix")),
            width=5,
            decimals=0,
        ),
        panels.figure(
            newest,
            Query(
                f"1000 * max({series(m.NEWEST, company=ONE)})", Text("newest post", "message le plus récent")
            ),
            unit="dateTimeFromNow",
            width=5,
        ),
    ]


def _course(panels: Panels) -> Drawn:
    question = Question(
        Text("How has opinion moved, and how sure is it?", "Comment l'opinion a-t-elle évolué, est-ce sûr ?"),
        Text(
            "The line is the score, the band where the true opinion lies 19 times out of 20. A move matters when "
            "the band falls below what was usual (orange). Red marks are dips that an alert was sent for.",
            "La ligne est le score, la bande l'endroit où se trouve l'opinion réelle 19 fois sur 20. Un mouvement "
            "compte quand la bande passe sous l'habituel (orange). Les repères rouges sont les chutes signalées.",
        ),
        UNWATCHED,
    )
    low, high = LOW.to(panels.language), HIGH.to(panels.language)
    panel = panels.curve(
        question,
        Query(_of(m.SCORE), "score"),
        Query(_of(m.LOW), LOW),
        Query(_of(m.HIGH), HIGH),
        Query(f"max by (company) ({series(m.BASELINE_LOW, company=ONE)})", USUAL),
        span=(0, 100),
        steps=((None, GREY), (50, GREY)),
        width=16,
    )
    thin = [
        model.DynamicConfigValue("custom.lineWidth", 0),
        model.DynamicConfigValue("color", {"mode": "fixed", "fixedColor": BLUE}),
    ]
    panel.override_by_name(
        "score", [model.DynamicConfigValue("color", {"mode": "fixed", "fixedColor": BLUE})]
    )
    panel.override_by_name(low, thin)
    panel.override_by_name(
        USUAL.to(panels.language),
        [
            model.DynamicConfigValue("custom.lineWidth", 1),
            model.DynamicConfigValue("color", {"mode": "fixed", "fixedColor": ORANGE}),
        ],
    )
    band = [
        model.DynamicConfigValue("custom.fillBelowTo", low),
        model.DynamicConfigValue("custom.fillOpacity", 20),
    ]
    return panel.override_by_name(high, [*thin, *band])


def _moods(panels: Panels) -> Drawn:
    question = Question(
        Text("A passing mood, or a lasting one?", "Une humeur passagère, ou durable ?"),
        Text(
            "The score over the last hour, day, month. A short bar above long ones below: it will pass, or has just "
            "begun. A window without a bar: too little was said in it.",
            "Le score de la dernière heure, du jour, du mois. Court en haut, long en bas : cela passera, ou cela "
            "commence. Une durée sans barre : on en a trop peu parlé.",
        ),
        TOO_LITTLE,
    )
    scores = [
        Query(f"max({series(m.SCORE, company=ONE, window=name)})", words) for name, words in WINDOWS.items()
    ]
    return panels.bars(question, *scores, steps=SCORE, most=100, decimals=1).height(9)


def _said(panels: Panels) -> Drawn:
    question = Question(
        Text("Do people praise or criticise it?", "En dit-on du bien ou du mal ?"),
        Text(
            "Mentions in the window by feeling toward the company, not toward other matters in the same post.",
            "Mentions sur la durée selon le sentiment envers l'entreprise, non envers le reste du message.",
        ),
        UNWATCHED,
    )
    mentions = Query(summed(m.WINDOW_MENTIONS, "sentiment", company=ONE, window=WINDOW), "{{sentiment}}")
    return panels.curve(question, mentions, names=SENTIMENTS, stacked=True, width=16)


def _voice(panels: Panels) -> Drawn:
    question = Question(
        Text("How loud is it beside the others?", "Quelle place face aux autres ?"),
        Text(
            "Its share of all that is said of all watched companies, believable sources counting for more.",
            "Sa part de tout ce qui se dit des entreprises suivies, les sources crédibles comptant davantage.",
        ),
        NO_MENTION,
    )
    voice = share(_of(m.WEIGHT), f"sum({series(m.WEIGHT, window=WINDOW)})")
    return panels.curve(question, Query(voice, Text("share", "part")), unit="percentunit", width=8)


def _disclosures(panels: Panels) -> list[Drawn]:
    def asked(english: str, french: str) -> Question:
        means = Text(
            "Posts that show the inside of this company, outright or between the lines.",
            "Messages qui montrent l'intérieur de cette entreprise, clairement ou entre les lignes.",
        )
        return Question(Text(english, french), means, NO_DISCLOSURE)

    def by(label: str) -> Query:
        return Query(summed(m.DISCLOSURES, label, company=ONE, window=WINDOW), f"{{{{{label}}}}}")

    what = asked("What do people reveal of it?", "Qu'en révèle-t-on ?")
    how = asked("Outright or between the lines?", "Clairement ou entre les lignes ?")
    who = asked("Who reveals it?", "Qui le révèle ?")
    since = asked("Does more leak than before?", "En filtre-t-il plus qu'avant ?")
    return [
        panels.bars(what, by("kind"), width=6, names=KINDS, decimals=0),
        panels.bars(how, by("mode"), width=5, names=MODES, decimals=0),
        panels.bars(who, by("role"), width=5, names=ROLES, decimals=0),
        panels.curve(since, by("kind"), width=8, names=KINDS, stacked=True).height(8),
    ]


def _sources(panels: Panels) -> list[Drawn]:
    def asked(english: str, french: str, means: Text) -> Question:
        return Question(Text(english, french), means, NO_MENTION)

    who = asked(
        "Who speaks of it?",
        "Qui en parle ?",
        Text(
            "Authors by what they are to the company; groups of fewer than five people are put together.",
            "Auteurs selon ce qu'ils sont pour l'entreprise ; les groupes de moins de cinq sont réunis.",
        ),
    )
    believable = asked(
        "How believable are they?",
        "Sont-ils crédibles ?",
        Text(
            "Mentions by kind of source; an expert's counts for more, a suspect account's for little.",
            "Mentions par type de source ; celle d'un expert compte plus, celle d'un compte suspect peu.",
        ),
    )
    shouting = asked(
        "Does one account shout?",
        "Un seul compte crie-t-il ?",
        Text(
            "Share of the most active author. Beyond a third it is one voice, not a public.",
            "Part de l'auteur le plus actif. Au-delà d'un tiers, c'est une voix, pas un public.",
        ),
    )
    concert = asked(
        "Are copies spread in concert?",
        "Des copies sont-elles diffusées de concert ?",
        Text(
            "Mentions that many accounts posted nearly word for word within a short time.",
            "Mentions publiées presque mot pour mot par de nombreux comptes en peu de temps.",
        ),
    )
    where = asked(
        "Where do people speak of it?",
        "Où en parle-t-on ?",
        Text(
            "Mentions by platform. One alone: look there before you answer everywhere.",
            "Mentions par plateforme. Une seule : regardez-y avant de répondre partout.",
        ),
    )
    platform = Query(summed(m.PLATFORM_MENTIONS, "platform", company=ONE, window=WINDOW), "{{platform}}")
    role = Query(summed(m.COHORT_AUTHORS, "role", company=ONE, window=WINDOW), "{{role}}")
    level = Query(summed(m.CREDIBILITY_MENTIONS, "class", company=ONE, window=WINDOW), "{{class}}")
    thirds = ((None, BLUE), (0.2, ORANGE), (1 / 3, RED))
    return [
        panels.bars(who, role, width=6, names=ROLES, decimals=0),
        panels.bars(believable, level, width=6, names=CLASSES, decimals=0),
        panels.bars(where, platform, width=4, decimals=0),
        panels.figure(
            shouting,
            Query(_of(m.LARGEST_AUTHOR), Text("most active author", "auteur le plus actif")),
            unit="percentunit",
            steps=thirds,
            width=4,
            decimals=0,
        ).height(8),
        panels.figure(
            concert, Query(_of(m.COORDINATED), Text("mentions", "mentions")), width=4, decimals=0
        ).height(8),
    ]


def _persons(panels: Panels) -> Drawn:
    question = Question(
        Text("How are these people spoken of?", "Que dit-on de ces personnes ?"),
        Text(
            "The same score, 0 to 100, for people of this company on the opt-in list of the watchlist. Nobody else "
            "is ever shown by name.",
            "Le même score, de 0 à 100, pour les personnes de cette entreprise qui l'ont accepté (liste du fichier "
            "de suivi). Personne d'autre n'est jamais nommé.",
        ),
        Text(
            "Nobody of this company is on the opt-in list, or too little is said of them",
            "Personne de cette entreprise n'est sur la liste, ou l'on en parle trop peu",
        ),
    )
    score = Query(f"max by (person) ({series(m.PERSON, company=ONE, window=WINDOW)})", "{{person}}")
    return panels.bars(question, score, steps=SCORE, most=100, width=24, decimals=1).height(6)
