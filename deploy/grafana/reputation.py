"""The page that a communication officer opens first: all companies, now and lately."""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard as build

from deploy.grafana.expressions import ALL, WINDOW, dips, of_company, series, share, summed
from deploy.grafana.page import REPUTATION, companies, evidence_address, page, windows
from deploy.grafana.panels import BLUE, GREY, ORANGE, RED, Column, Drawn, Panels, Query
from deploy.grafana.text import CLASSES, KINDS, MODES, NO, ROLES, YES, Language, Question, Text
from streams.exporting import metrics as m

NO_VIGIE = Text(
    "Vigie gives no figures: see the page Pipeline",
    "Vigie ne donne aucun chiffre : voir la page Chaîne de traitement",
)
NO_SCORE = Text(
    "No company has enough mentions for a score in this window: choose a longer one",
    "Aucune entreprise n'a assez de mentions pour un score sur cette durée : choisissez-en une plus longue",
)
NO_MENTION = Text(
    "Nobody spoke of these companies in this window", "Personne n'a parlé de ces entreprises sur cette durée"
)
NO_DISCLOSURE = Text(
    "Nothing of the inside was disclosed in this window", "Rien d'interne n'a été révélé sur cette durée"
)


def reputation(language: Language) -> build.Dashboard:
    panels = Panels(language)
    choices = [companies(language, several=True), windows(language), evidence_address()]
    made = page(REPUTATION, language, choices, marked=ALL)
    for panel in _now(panels):
        made.with_panel(panel)
    made.with_panel(_table(panels)).with_panel(_course(panels)).with_panel(_voice(panels))
    made.with_row(panels.row(Text("What leaks from inside", "Ce qui filtre de l'intérieur")))
    for bars in _disclosures(panels):
        made.with_panel(bars)
    made.with_row(panels.row(Text("Whom to believe", "Qui croire")))
    for bars in _sources(panels):
        made.with_panel(bars)
    return made


def _now(panels: Panels) -> list[Drawn]:
    falling = Question(
        Text("How many companies are falling?", "Combien d'entreprises chutent ?"),
        Text(
            "Companies whose opinion fell, in the last hour and the last six, by more than chance explains: those "
            "that an alert was sent for.",
            "Entreprises dont l'opinion a baissé, sur la dernière heure et les six dernières, plus que le hasard "
            "ne l'explique : celles pour lesquelles une alerte est partie.",
        ),
        NO_VIGIE,
    )
    scored = Question(
        Text("How many can be scored?", "Combien peuvent être notées ?"),
        Text(
            "Companies with enough independent mentions in the window for a score, and companies watched. "
            "The others are not at zero: too little is said to tell.",
            "Entreprises avec assez de mentions indépendantes sur la durée pour un score, et entreprises suivies. "
            "Les autres ne sont pas à zéro : on en parle trop peu pour le dire.",
        ),
        NO_VIGIE,
    )
    fresh = Question(
        Text("Are the figures up to date?", "Les chiffres sont-ils à jour ?"),
        Text(
            "No: Vigie is catching up after a restart, and the figures may be old.",
            "Non : Vigie rattrape son retard après un redémarrage, les chiffres peuvent dater.",
        ),
        NO_VIGIE,
    )
    moment = Question(
        Text("Which moment do they describe?", "Quel moment décrivent-ils ?"),
        Text(
            "The time of the newest posts. In a replay of the past, a moment of the past.",
            "L'heure des messages les plus récents. Dans une relecture du passé, un moment du passé.",
        ),
        NO_VIGIE,
    )
    known = f"max by (company) ({series(m.LOW, company=ALL, window=WINDOW)})"
    return [
        panels.figure(
            falling,
            Query(f"count({dips(ALL)}) or 0 * count({known})", Text("falling", "en chute")),
            steps=((None, BLUE), (1, RED)),
            width=5,
        ),
        panels.figure(
            scored,
            Query(
                f"count({of_company(m.SCORE)}) or 0 * count({known})", Text("with a score", "avec un score")
            ),
            Query(f"count({known})", Text("watched", "suivies")),
            width=7,
        ),
        panels.yes(fresh, f"min({series(m.READY)})"),
        panels.figure(
            moment,
            Query(f"1000 * max({series(m.CLOCK)})", Text("moment", "moment")),
            unit="dateTimeAsLocalNoDateIfToday",
        ),
    ]


def _table(panels: Panels) -> Drawn:
    question = Question(
        Text("How does each company stand?", "Où en est chaque entreprise ?"),
        Text(
            "Score from 0 (all blame) to 100 (all praise); 50 is neutral. The true opinion lies, 19 times out of 20, "
            "between the two bounds: believe no move that stays between them. Click a name to see why.",
            "Score de 0 (que des critiques) à 100 (que des éloges) ; 50 est neutre. L'opinion réelle se trouve, 19 "
            "fois sur 20, entre les deux bornes : ne croyez aucun mouvement qui reste entre elles. Cliquez un nom "
            "pour savoir pourquoi.",
        ),
        NO_VIGIE,
    )
    weight = of_company(m.WEIGHT)
    everyone = f"sum({series(m.WEIGHT, window=WINDOW)})"
    columns = [
        Column(Text("Score", "Score"), of_company(m.SCORE), decimals=1),
        Column(Text("At least", "Au moins"), of_company(m.LOW), decimals=1),
        Column(Text("At most", "Au plus"), of_company(m.HIGH), decimals=1),
        Column(
            Text("Enough to tell?", "Assez pour juger ?"),
            of_company(m.INSUFFICIENT),
            answers={"0": YES, "1": NO},
        ),
        Column(
            Text("Mentions", "Mentions"), summed(m.WINDOW_MENTIONS, "company", company=ALL, window=WINDOW)
        ),
        Column(Text("Share of voice", "Part de voix"), share(weight, everyone), "percentunit", 1),
        Column(Text("Independent voices", "Voix indépendantes"), of_company(m.AUTHORS)),
    ]
    return panels.companies(question, columns)


def _course(panels: Panels) -> Drawn:
    question = Question(
        Text("Is opinion rising or falling?", "L'opinion monte-t-elle ou baisse-t-elle ?"),
        Text(
            "Score of each company over time, each point looking back over the window chosen at the top. Red marks "
            "are dips that an alert was sent for. A gap: too little was said then.",
            "Score de chaque entreprise au fil du temps, chaque point portant sur la durée choisie en haut. Les "
            "repères rouges sont les chutes signalées par une alerte. Un trou : on en parlait alors trop peu.",
        ),
        NO_SCORE,
    )
    score = Query(of_company(m.SCORE), "{{company}}")
    return panels.curve(question, score, span=(0, 100), steps=((None, GREY), (50, GREY)), width=16)


def _voice(panels: Panels) -> Drawn:
    question = Question(
        Text("Who is talked about most?", "De qui parle-t-on le plus ?"),
        Text(
            "Share of all that is said of all watched companies, believable sources counting for more. Loud is "
            "neither good nor bad. The ten loudest.",
            "Part de tout ce qui se dit des entreprises suivies, les sources crédibles comptant davantage. Faire "
            "parler de soi n'est ni bon ni mauvais. Les dix premières.",
        ),
        NO_MENTION,
    )
    voice = share(of_company(m.WEIGHT), f"sum({series(m.WEIGHT, window=WINDOW)})")
    return panels.bars(
        question, Query(f"topk(10, {voice})", "{{company}}"), unit="percentunit", most=1
    ).height(9)


def _disclosures(panels: Panels) -> list[Drawn]:
    def asked(english: str, french: str) -> Question:
        means = Text(
            "Public posts in which people show the inside of a company, often without meaning to. Not bad in "
            "itself: employees are its best witnesses.",
            "Messages publics où l'on montre l'intérieur d'une entreprise, souvent sans le vouloir. Rien de mal en "
            "soi : les salariés en sont les meilleurs témoins.",
        )
        return Question(Text(english, french), means, NO_DISCLOSURE)

    def by(label: str) -> Query:
        return Query(summed(m.DISCLOSURES, label, company=ALL, window=WINDOW), f"{{{{{label}}}}}")

    loudest = f"topk(10, {summed(m.DISCLOSURES, 'company', company=ALL, window=WINDOW)})"
    return [
        panels.bars(
            asked("What do people reveal?", "Que révèle-t-on ?"), by("kind"), width=7, names=KINDS, decimals=0
        ),
        panels.bars(
            asked("Outright or between the lines?", "Clairement ou entre les lignes ?"),
            by("mode"),
            width=5,
            names=MODES,
            decimals=0,
        ),
        panels.bars(
            asked("Who reveals it?", "Qui le révèle ?"), by("role"), width=6, names=ROLES, decimals=0
        ),
        panels.bars(
            asked("Of which company?", "De quelle entreprise ?"),
            Query(loudest, "{{company}}"),
            width=6,
            decimals=0,
        ),
    ]


def _sources(panels: Panels) -> list[Drawn]:
    roles = Question(
        Text("Who speaks?", "Qui parle ?"),
        Text(
            "Authors by what they are to the company. Groups of fewer than five people are put together: "
            "nobody can be singled out.",
            "Auteurs selon ce qu'ils sont pour l'entreprise. Les groupes de moins de cinq personnes sont "
            "réunis : nul ne peut être reconnu.",
        ),
        NO_MENTION,
    )
    believable = Question(
        Text("How believable are they?", "Sont-ils crédibles ?"),
        Text(
            "Mentions by kind of source. An expert's counts for more than a stranger's, a suspect account's for "
            "little.",
            "Mentions par type de source. Celle d'un expert compte plus que celle d'un inconnu, celle d'un compte "
            "suspect compte peu.",
        ),
        NO_MENTION,
    )
    shouting = Question(
        Text("Does one account shout?", "Un seul compte crie-t-il ?"),
        Text(
            "Share of the most active author in each company's mentions. Beyond a third it is one voice, not a "
            "public: no dip alert is sent for it.",
            "Part de l'auteur le plus actif dans les mentions de chaque entreprise. Au-delà d'un tiers, c'est une "
            "voix, pas un public : aucune alerte de chute ne part.",
        ),
        Text(
            "No author is known in this window: nothing was said, or sources name no authors",
            "Aucun auteur connu sur cette durée : rien n'a été dit, ou les sources ne nomment pas d'auteurs",
        ),
    )
    concert = Question(
        Text("Are copies spread in concert?", "Des copies sont-elles diffusées de concert ?"),
        Text(
            "Mentions that many accounts posted nearly word for word within a short time: a campaign, or a joke "
            "that travels.",
            "Mentions que de nombreux comptes ont publiées presque mot pour mot en peu de temps : une campagne, ou "
            "une plaisanterie qui circule.",
        ),
        NO_MENTION,
    )
    thirds = ((None, BLUE), (0.2, ORANGE), (1 / 3, RED))
    return [
        panels.bars(
            roles,
            Query(summed(m.COHORT_AUTHORS, "role", company=ALL, window=WINDOW), "{{role}}"),
            width=6,
            names=ROLES,
            decimals=0,
        ),
        panels.bars(
            believable,
            Query(summed(m.CREDIBILITY_MENTIONS, "class", company=ALL, window=WINDOW), "{{class}}"),
            width=6,
            names=CLASSES,
            decimals=0,
        ),
        panels.bars(
            shouting,
            Query(f"topk(10, {of_company(m.LARGEST_AUTHOR)})", "{{company}}"),
            unit="percentunit",
            width=6,
            most=1,
            steps=thirds,
        ),
        panels.bars(
            concert,
            Query(f"topk(10, {of_company(m.COORDINATED)})", "{{company}}"),
            width=6,
            steps=((None, BLUE), (20, ORANGE)),
            decimals=0,
        ),
    ]
