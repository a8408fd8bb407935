"""What a person reads when an alert fires, in both languages: one text for Alertmanager and for Grafana.

Both have Go's templates and the same data.
"""

from __future__ import annotations

from typing import NamedTuple

from deploy.grafana.panels import uid_in
from deploy.grafana.text import LANGUAGES, Language, Text

# Grafana knows its own address and is told the evidence page's; Alertmanager is told both in
# deploy/alertmanager/templates/grafana.tmpl
OWN_ADDRESS = (
    '{{ define "vigie.grafana" }}{{ reReplaceAll "/+$" "" .ExternalURL }}{{ end }}\n'
    '{{ define "vigie.evidence" }}$VIGIE_EVIDENCE_URL{{ end }}'
)


class Notice(NamedTuple):
    """`uid` of Grafana's rule, the page that it links to, and what is read."""

    uid: str
    page: str
    title: Text
    says: Text
    do: Text


NOTICES = {
    "VigieReputationDip": Notice(
        "vigie-reputation-dip",
        "vigie-company",
        Text("Reputation is falling", "La réputation chute"),
        Text(
            "opinion of the last hours lies below what was usual before, by more than chance explains",
            "l'opinion des dernières heures est plus basse que d'habitude, plus que le hasard ne l'explique",
        ),
        Text(
            "read who says what, check the facts, then answer or correct them.",
            "lisez qui dit quoi, vérifiez les faits, puis répondez ou corrigez.",
        ),
    ),
    "VigieAuthorFlood": Notice(
        "vigie-author-flood",
        "vigie-company",
        Text("One account pulls the score down", "Un seul compte fait baisser le score"),
        Text(
            "the score fell, but one author wrote more than a third of the posts",
            "le score a baissé, mais un seul auteur a écrit plus d'un tiers des messages",
        ),
        Text(
            "one voice is not a public: look at the posts before you call it a dip.",
            "une voix n'est pas un public : lisez les messages avant de parler de chute.",
        ),
    ),
    "VigieVolumeCollapse": Notice(
        "vigie-volume-collapse",
        "vigie-company",
        Text("Hardly spoken of any more", "On n'en parle presque plus"),
        Text(
            "the last 24 hours brought less than a quarter of the usual mentions, while others are spoken of",
            "les dernières 24 heures ont apporté moins du quart des mentions habituelles, alors qu'on parle des autres",
        ),
        Text(
            "check that its sources still deliver and that its names are on the watchlist; else people moved on.",
            "vérifiez que ses sources livrent encore et que ses noms sont suivis ; sinon, on est passé à autre chose.",
        ),
    ),
    "VigieIngestOutage": Notice(
        "vigie-ingest-outage",
        "vigie-stream",
        Text("No post comes in", "Plus aucun message n'arrive"),
        Text(
            "nothing has come in for an hour: figures say nothing new, and no dip can be told",
            "rien n'est arrivé depuis une heure : les chiffres ne disent rien de neuf, aucune chute ne peut être vue",
        ),
        Text("look at the sources and at Kafka.", "regardez les sources et Kafka."),
    ),
    "VigieSourceTrouble": Notice(
        "vigie-source-trouble",
        "vigie-stream",
        Text("A source gives nothing any more", "Une source ne donne plus rien"),
        Text(
            "for a quarter of an hour it has waited, failed or been silent",
            "depuis un quart d'heure elle attend, a échoué ou se tait",
        ),
        Text(
            "run `vigie sources` where it is fed: it says what it met.",
            "lancez `vigie sources` là où elle est lue : la cause y est dite.",
        ),
    ),
    "VigieAbsent": Notice(
        "vigie-absent",
        "vigie-stream",
        Text("Vigie gives no figures", "Vigie ne donne plus de chiffres"),
        Text("no worker answers, or none has recovered", "aucun worker ne répond, ou aucun n'est prêt"),
        Text("look whether the workers run.", "regardez si les workers tournent."),
    ),
    "VigieRulesChanged": Notice(
        "vigie-rules-changed",
        "vigie-stream",
        Text("Posts are judged by new rules", "Les messages sont jugés selon de nouvelles règles"),
        Text(
            "scores before and after do not compare, and for about a day no dip can be told",
            "les scores d'avant et d'après ne se comparent pas ; pendant un jour environ, aucune chute ne peut être vue",
        ),
        Text("nothing, unless nobody meant it.", "rien, sauf si personne ne l'a voulu."),
    ),
    "VigieNotReady": Notice(
        "vigie-not-ready",
        "vigie-stream",
        Text("A worker is not ready", "Un worker n'est pas prêt"),
        Text(
            "it has been reading its state back, or out of touch with Kafka, for five minutes: figures may be old",
            "il relit son état, ou n'atteint plus Kafka, depuis cinq minutes : des chiffres peuvent dater",
        ),
        Text(
            "wait while what is left to read back falls; else look at its log and at Kafka.",
            "attendez tant que ce qui reste à relire diminue ; sinon, voyez son journal et Kafka.",
        ),
    ),
    "VigieRestarts": Notice(
        "vigie-restarts",
        "vigie-stream",
        Text("A worker ends again and again", "Un worker s'arrête sans cesse"),
        Text(
            "it was started more than twice in a quarter of an hour, or did not answer for long",
            "il a redémarré plus de deux fois en un quart d'heure, ou est resté longtemps sans répondre",
        ),
        Text(
            "read the last lines of its log: they say what stops it.",
            "lisez les dernières lignes de son journal : elles disent ce qui l'arrête.",
        ),
    ),
    "VigieCommitStuck": Notice(
        "vigie-commit-stuck",
        "vigie-stream",
        Text("The work stands still", "Le travail n'avance plus"),
        Text(
            "records wait and none of them has been done for two minutes; nothing is lost",
            "des messages attendent et aucun n'a été traité depuis deux minutes ; rien n'est perdu",
        ),
        Text(
            "read the worker's log, then end it: it goes on where it was.",
            "lisez le journal du worker, puis arrêtez-le : il reprendra où il en était.",
        ),
    ),
    "VigieBehind": Notice(
        "vigie-behind",
        "vigie-stream",
        Text("The queue grows", "La file d'attente grandit"),
        Text(
            "more comes in than the workers take",
            "il arrive plus de messages que les workers n'en traitent",
        ),
        Text(
            "start another worker, up to one for each partition.",
            "démarrez un autre worker, au plus un par partition.",
        ),
    ),
    "VigieKafkaSlow": Notice(
        "vigie-kafka-slow",
        "vigie-stream",
        Text("Kafka does not answer", "Kafka ne répond pas"),
        Text(
            "what a worker sends has not been taken for two minutes; nothing is lost",
            "ce qu'un worker envoie n'est plus reçu depuis deux minutes ; rien n'est perdu",
        ),
        Text(
            "look at the brokers, their disks and the network.",
            "regardez les brokers, leurs disques et le réseau.",
        ),
    ),
    "VigieDeadLetters": Notice(
        "vigie-dead-letters",
        "vigie-stream",
        Text("A source cannot be read", "Une source est illisible"),
        Text(
            "more than one record in a hundred was put aside in the last hour",
            "plus d'un message sur cent a été mis de côté pendant la dernière heure",
        ),
        Text(
            "see in rejects.v1 which source and why, and mend it.",
            "voyez dans rejects.v1 quelle source et pourquoi, et corrigez-la.",
        ),
    ),
}
OVER = Text("Over: ", "Terminé : ")
DO = Text("What to do: ", "Que faire : ")
SEE = Text("See: ", "Voir : ")
READ = Text("Read the posts: ", "Lire les messages : ")
OF = Text(" points below", " points de moins")


def templates() -> str:
    """`vigie.<language>.title` and `.text` of a group of alerts, and `vigie.title`, `vigie.text` with both."""
    both = [*(_language(language) for language in LANGUAGES)]
    both.append(
        _define("vigie.title", " · ".join(f'{{{{ template "vigie.{x}.title" . }}}}' for x in ("fr", "en")))
    )
    both.append(
        _define("vigie.text", "\n\n".join(f'{{{{ template "vigie.{x}.text" . }}}}' for x in ("fr", "en")))
    )
    return "\n".join(both)


def _language(language: Language) -> str:
    here = f"vigie.{language}"
    over = f'{{{{ if eq .Status "resolved" }}}}{OVER.to(language)}{{{{ end }}}}'
    title = (
        f'{over}{{{{ template "{here}.name" .CommonLabels.alertname }}}}'
        f"{{{{ range .Alerts }}}}{{{{ with .Labels.company }}}} · {{{{ . }}}}{{{{ end }}}}{{{{ end }}}}"
    )
    company = "{{ with .Labels.company }}{{ . }} : {{ end }}" if language == "fr" else (
        "{{ with .Labels.company }}{{ . }}: {{ end }}"
    )  # fmt: skip
    points = f"{{{{ with .Annotations.points }}}} ({{{{ . }}}}{OF.to(language)}){{{{ end }}}}"
    line = (
        f'{over}{company}{{{{ template "{here}.says" .Labels.alertname }}}}{points}.\n'
        f'{DO.to(language)}{{{{ template "{here}.do" .Labels.alertname }}}}\n'
        f'{SEE.to(language)}{{{{ template "vigie.grafana" $ }}}}/d/{{{{ template "{here}.page" .Labels.alertname }}}}'
        "{{ with .Labels.company }}?var-company={{ . }}{{ end }}"
        f'{{{{ with .Annotations.evidence }}}}\n{READ.to(language)}{{{{ template "vigie.evidence" $ }}}}{{{{ . }}}}'
        f"&lang={language}{{{{ end }}}}"
    )
    return "\n".join(
        [
            _choose(f"{here}.name", {name: n.title.to(language) for name, n in NOTICES.items()}),
            _choose(f"{here}.says", {name: n.says.to(language) for name, n in NOTICES.items()}),
            _choose(f"{here}.do", {name: n.do.to(language) for name, n in NOTICES.items()}, "—"),
            _choose(
                f"{here}.page",
                {name: uid_in(n.page, language) for name, n in NOTICES.items()},
                uid_in("vigie-stream", language),
            ),
            _define(f"{here}.title", title),
            _define(f"{here}.text", f"{{{{ range .Alerts }}}}{line}\n{{{{ end }}}}"),
        ]
    )


def _choose(name: str, words: dict[str, str], otherwise: str = "{{ . }}") -> str:
    """A template that is given an alert's name."""
    cases = [f'if eq . "{alert}" }}}}{text}' for alert, text in words.items()]
    return _define(name, "{{ " + "{{ else ".join(cases) + "{{ else }}" + otherwise + "{{ end }}")


def _define(name: str, body: str) -> str:
    return f'{{{{ define "{name}" }}}}{body}{{{{ end }}}}'
