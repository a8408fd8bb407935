"""Whether the figures can be trusted: for those who run Vigie, and for whoever doubts a figure."""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard as build

from deploy.grafana.expressions import flow, series
from deploy.grafana.page import STREAM, page
from deploy.grafana.panels import BLUE, ORANGE, RED, Drawn, Panels, Query
from deploy.grafana.text import OUTCOMES, Language, Question, Text
from streams.exporting import metrics as m

DOWN = Text(
    "Prometheus reaches no worker: is Vigie running, and does prometheus.yml name its address?",
    "Prometheus n'atteint aucun worker : Vigie tourne-t-elle, prometheus.yml donne-t-il son adresse ?",
)
NOTHING_YET = Text(
    "No post has come in since Vigie started", "Aucun message n'est arrivé depuis le démarrage"
)
UP = 'up{job="vigie"}'


def pipeline(language: Language) -> build.Dashboard:
    panels = Panels(language)
    made = page(STREAM, language)
    for figure in _now(panels):
        made.with_panel(figure)
    for panel in (
        _states(panels),
        _sources(panels),
        _lag(panels),
        _behind(panels),
        _posts(panels),
        _outcomes(panels),
    ):
        made.with_panel(panel)
    for panel in (_commits(panels), _buffer(panels), _recovery(panels)):
        made.with_panel(panel)
    made.with_panel(_rejects(panels)).with_panel(_late(panels)).with_panel(_quiet(panels))
    made.with_panel(_answers(panels)).with_panel(_versions(panels))
    return made


def _now(panels: Panels) -> list[Drawn]:
    alive = Question(
        Text("How many workers answer?", "Combien de workers répondent ?"),
        Text(
            "Workers that Prometheus reaches, of those it knows of. Any that is missing leaves its companies "
            "without figures until the others take over (about ten seconds).",
            "Workers que Prometheus atteint, sur ceux qu'il connaît. Celui qui manque laisse ses entreprises sans "
            "chiffres jusqu'à ce que les autres prennent le relais (une dizaine de secondes).",
        ),
        DOWN,
    )
    ready = Question(
        Text("Are the figures up to date?", "Les chiffres sont-ils à jour ?"),
        Text(
            "No: a worker is still reading its state back after a start or a move of partitions.",
            "Non : un worker relit encore son état après un démarrage ou un déplacement de partitions.",
        ),
        DOWN,
    )
    behind = Question(
        Text("How many records wait?", "Combien de messages attendent ?"),
        Text(
            "Records in Kafka not yet worked on. Some hundreds come and go; a number that only grows means that "
            "more comes in than Vigie can take: start another worker.",
            "Messages dans Kafka pas encore traités. Quelques centaines vont et viennent ; un nombre qui ne fait que "
            "croître veut dire qu'il en arrive trop : démarrez un autre worker.",
        ),
        DOWN,
    )
    rejected = Question(
        Text("What share cannot be read?", "Quelle part est illisible ?"),
        Text(
            "Records put aside in rejects.v1 with the reason, of all that came in ever. Above one in a hundred a "
            "source has probably changed its format.",
            "Messages mis de côté dans rejects.v1 avec la raison, sur tout ce qui est arrivé. Au-delà d'un pour cent, "
            "une source a sans doute changé de format.",
        ),
        NOTHING_YET,
    )
    rules = Question(
        Text("Since when do these rules judge?", "Depuis quand ces règles jugent-elles ?"),
        Text(
            "Scores before and after a change of rules, models or lists do not compare; for about a day after it no "
            "dip can be told.",
            "Les scores d'avant et d'après un changement de règles, de modèles ou de listes ne se comparent pas ; "
            "pendant un jour environ, aucune chute ne peut être vue.",
        ),
        Text("They have not changed since Vigie started", "Elles n'ont pas changé depuis le démarrage"),
    )
    lag, everything = f"sum({series(m.LAG)})", f"sum({series(m.OUTCOMES)})"
    put_aside = f"(sum({series(m.OUTCOMES, outcome='rejected')}) or 0 * {everything})"
    return [
        panels.figure(
            alive,
            Query(f"sum({UP})", Text("answer", "répondent")),
            Query(f"count({UP})", Text("known", "connus")),
            steps=((None, RED), (1, BLUE)),
            width=5,
        ),
        panels.yes(ready, f"min({series(m.READY)})", width=4),
        panels.figure(
            behind,
            Query(lag, Text("waiting", "en attente")),
            steps=((None, BLUE), (10_000, ORANGE), (100_000, RED)),
            decimals=0,
            width=5,
        ),
        panels.figure(
            rejected,
            Query(f"{put_aside} / {everything}", Text("put aside", "mis de côté")),
            unit="percentunit",
            steps=((None, BLUE), (0.01, ORANGE), (0.1, RED)),
            decimals=2,
            width=5,
        ),
        panels.figure(
            rules,
            Query(f"1000 * max({series(m.RULES_CHANGED)})", Text("changed", "changement")),
            unit="dateTimeFromNow",
            width=5,
        ),
    ]


def _states(panels: Panels) -> Drawn:
    question = Question(
        Text("Has a worker been recovering?", "Un worker a-t-il dû récupérer ?"),
        Text(
            "One band a worker. Recovering: it reads its state back from Kafka and its figures may be old. A gap: "
            "Prometheus did not reach it.",
            "Une bande par worker. En récupération : il relit son état dans Kafka, ses chiffres peuvent dater. Un "
            "trou : Prometheus ne l'a pas atteint.",
        ),
        DOWN,
    )
    states = {"1": Text("ready", "prêt"), "0": Text("recovering", "en récupération")}
    return panels.states(question, Query(series(m.READY), "{{instance}}"), states)


def _sources(panels: Panels) -> Drawn:
    question = Question(
        Text("Do all sources deliver?", "Toutes les sources livrent-elles ?"),
        Text(
            "One band a source, by the label that `vigie sources` shows. In trouble: it waits to try again, has failed "
            "or is silent. A file read to its end is well.",
            "Une bande par source, sous l'étiquette que montre `vigie sources`. En difficulté : elle attend, a échoué ou "
            "se tait. Un fichier lu jusqu'au bout va bien.",
        ),
        Text(
            "No feed tells how it fares: its home is another one",
            "Aucune source ne dit comment elle va : son dossier est ailleurs",
        ),
    )
    trouble = series(m.SOURCE_STATE, state="~waiting|failed|lost")
    states = {"1": Text("well", "va bien"), "0": Text("in trouble", "en difficulté")}
    return panels.states(question, Query(f"1 - max by (source) ({trouble})", "{{source}}"), states)


def _lag(panels: Panels) -> Drawn:
    question = Question(
        Text("Is the queue growing?", "La file d'attente grandit-elle ?"),
        Text(
            "Records not yet worked on, by topic. posts.v1: waiting to be judged; mentions.v1: waiting to be counted.",
            "Messages pas encore traités, par sujet Kafka. posts.v1 : à juger ; mentions.v1 : à compter.",
        ),
        DOWN,
    )
    lag = Query(f"sum by (topic) ({series(m.LAG)})", "{{topic}}")
    return panels.curve(question, lag, steps=((None, BLUE), (10_000, RED)))


def _commits(panels: Panels) -> Drawn:
    question = Question(
        Text("Does the work go on?", "Le travail avance-t-il ?"),
        Text(
            "How long the oldest records have waited without any of them being done, by topic. A line that climbs: "
            "the work stands still, though nothing is lost.",
            "Depuis combien de temps des messages attendent sans qu'aucun ne soit traité, par sujet Kafka. Une ligne "
            "qui monte : le travail n'avance plus, mais rien n'est perdu.",
        ),
        DOWN,
    )
    age = Query(f"max by (topic) ({series(m.COMMIT_AGE)})", "{{topic}}")
    return panels.curve(question, age, unit="s", steps=((None, BLUE), (120, RED)), width=8)


def _buffer(panels: Panels) -> Drawn:
    question = Question(
        Text("Does Kafka take what is sent?", "Kafka reçoit-il ce qui est envoyé ?"),
        Text(
            "Records that a worker has sent and Kafka has not acknowledged. Some hundreds come and go; a number that "
            "stays means a slow or silent Kafka.",
            "Messages envoyés par un worker que Kafka n'a pas encore confirmés. Quelques centaines vont et viennent ; "
            "un nombre qui reste : Kafka est lent ou muet.",
        ),
        DOWN,
    )
    buffer = Query(series(m.BUFFERED), "{{instance}}")
    return panels.curve(question, buffer, steps=((None, BLUE), (10_000, ORANGE)), width=8)


def _recovery(panels: Panels) -> Drawn:
    question = Question(
        Text("How much is left to read back?", "Que reste-t-il à relire ?"),
        Text(
            "Records of its state that a worker still has to read after a start or a move of partitions; at zero it is "
            "ready.",
            "Messages de son état qu'un worker doit encore relire après un démarrage ou un déplacement de partitions ; "
            "à zéro, il est prêt.",
        ),
        DOWN,
    )
    return panels.curve(question, Query(series(m.RECOVERING), "{{instance}}"), width=8)


def _behind(panels: Panels) -> Drawn:
    question = Question(
        Text("How old is what the figures show?", "De quand date ce que montrent les chiffres ?"),
        Text(
            "Now, less the time of the newest posts. Near zero when live. In a replay of the past this is how far "
            "back it still is.",
            "Maintenant, moins l'heure des messages les plus récents. Près de zéro en direct. Dans une relecture du "
            "passé, la distance qui reste.",
        ),
        DOWN,
    )
    age = Query(f"clamp_min(time() - max({series(m.CLOCK)}), 0)", Text("behind", "retard"))
    return panels.curve(question, age, unit="s", steps=((None, BLUE), (600, RED)))


def _posts(panels: Panels) -> Drawn:
    question = Question(
        Text("How many posts come in, and from where?", "Combien de messages arrivent, et d'où ?"),
        Text(
            "Posts judged a second, by platform. A line that falls to zero: that source has stopped.",
            "Messages jugés par seconde, par plateforme. Une ligne qui tombe à zéro : la source s'est arrêtée.",
        ),
        NOTHING_YET,
    )
    return panels.curve(question, Query(flow(m.POSTS, "platform"), "{{platform}}"), unit="cps", stacked=True)


def _outcomes(panels: Panels) -> Drawn:
    question = Question(
        Text("What becomes of them?", "Que deviennent-ils ?"),
        Text(
            "Records a second by outcome. Most posts of a public stream are about no watched company.",
            "Messages par seconde selon leur sort. La plupart ne portent sur aucune entreprise suivie.",
        ),
        NOTHING_YET,
    )
    outcomes = Query(flow(m.OUTCOMES, "outcome"), "{{outcome}}")
    return panels.curve(question, outcomes, unit="cps", stacked=True, names=OUTCOMES)


def _rejects(panels: Panels) -> Drawn:
    question = Question(
        Text("Why can some not be read?", "Pourquoi certains sont-ils illisibles ?"),
        Text(
            "Records put aside ever, by reason; each lies in rejects.v1 with its place and a sentence that says "
            "what to mend.",
            "Messages mis de côté, par raison ; chacun est dans rejects.v1 avec sa place et ce qu'il faut corriger.",
        ),
        Text(
            "Nothing was put aside: everything could be read", "Rien n'a été mis de côté : tout a pu être lu"
        ),
    )
    rejects = Query(f"sum by (reason) ({series(m.REJECTS)})", "{{reason}}")
    return panels.bars(question, rejects, width=8, decimals=0, steps=((None, ORANGE),))


def _late(panels: Panels) -> Drawn:
    question = Question(
        Text("Do mentions come too late to count?", "Des mentions arrivent-elles trop tard ?"),
        Text(
            "Mentions whose day was closed when they came, by company: no window shows them any more.",
            "Mentions arrivées après la clôture de leur jour, par entreprise : aucune durée ne les montre plus.",
        ),
        Text("No company has figures yet", "Aucune entreprise n'a encore de chiffres"),
    )
    late = Query(f"topk(10, max by (company) ({series(m.LATE)}))", "{{company}}")
    return panels.bars(question, late, width=8, decimals=0)


def _quiet(panels: Panels) -> Drawn:
    question = Question(
        Text("Of whom has nobody spoken lately?", "De qui ne parle-t-on plus ?"),
        Text(
            "Time since the newest post about each company, the longest first. Many at once: a source has stopped. "
            "One alone: people have moved on, or its names have changed.",
            "Temps depuis le dernier message sur chaque entreprise, le plus long d'abord. Plusieurs ensemble : une "
            "source s'est arrêtée. Une seule : on est passé à autre chose, ou son nom a changé.",
        ),
        Text("No company has been spoken of yet", "On n'a encore parlé d'aucune entreprise"),
    )
    silence = f"scalar(max({series(m.CLOCK)})) - max by (company) ({series(m.NEWEST)})"
    return panels.bars(question, Query(f"topk(10, {silence})", "{{company}}"), unit="s", width=8)


def _answers(panels: Panels) -> Drawn:
    question = Question(
        Text("How quickly does Vigie answer Prometheus?", "Vigie répond-elle vite à Prometheus ?"),
        Text(
            "Seconds a scrape, by worker. A scrape waits for nothing, so more than a second means a busy machine.",
            "Secondes par relevé, par worker. Un relevé n'attend rien : plus d'une seconde, la machine est chargée.",
        ),
        DOWN,
    )
    scrape = Query('scrape_duration_seconds{job="vigie"}', "{{instance}}")
    return panels.curve(question, scrape, unit="s", steps=((None, BLUE), (1, RED)), width=12)


def _versions(panels: Panels) -> Drawn:
    question = Question(
        Text("Do all workers judge by the same rules?", "Tous les workers jugent-ils de la même façon ?"),
        Text(
            "Workers by version of Vigie, of the watchlist and of the rules. More than one bar: finish the update, "
            "for figures of two versions do not compare.",
            "Workers par version de Vigie, de la liste et des règles. Plus d'une barre : terminez la mise à jour, car "
            "les chiffres de deux versions ne se comparent pas.",
        ),
        DOWN,
    )
    builds = Query(
        f"count by (version, watchlist, rules) ({series(m.BUILD)})",
        "Vigie {{version}}, watchlist {{watchlist}}, rules {{rules}}",
    )
    return panels.bars(question, builds, width=12, decimals=0).height(9)
