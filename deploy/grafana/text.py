"""The words that people read, in the two languages; whoever adds a text writes both."""

from __future__ import annotations

from typing import Literal, NamedTuple

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "fr")
OTHER: dict[Language, Language] = {"en": "fr", "fr": "en"}
NAMES: dict[Language, str] = {"en": "English", "fr": "Français"}


class Text(NamedTuple):
    en: str
    fr: str

    def to(self, language: Language) -> str:
        return self.en if language == "en" else self.fr


class Question(NamedTuple):
    """What a panel answers, what its figures mean, and what it says where there is nothing to show."""

    asks: Text
    means: Text
    silent: Text


YES = Text("Yes", "Oui")
NO = Text("No", "Non")

SENTIMENTS = {
    "negative": Text("criticise", "critiquent"),
    "neutral": Text("neither", "ni l'un ni l'autre"),
    "positive": Text("praise", "félicitent"),
    "unscored": Text("in another language, not rated", "dans une autre langue, non notées"),
}
KINDS = {
    "employer": Text("who works there, joins or leaves", "qui y travaille, arrive ou part"),
    "missions": Text("tasks, projects and clients", "missions, projets et clients"),
    "expertise": Text("skills and trades", "savoir-faire et métiers"),
    "working-conditions": Text("pay, hours, management", "salaires, horaires, management"),
    "daily-life": Text("daily life on the premises", "vie quotidienne dans les murs"),
    "sensitive": Text("what should have stayed inside", "ce qui devait rester interne"),
}
MODES = {
    "explicit": Text("said outright", "dit clairement"),
    "implicit": Text("between the lines", "entre les lignes"),
}
ROLES = {
    "employee": Text("employees", "salariés"),
    "former-employee": Text("former employees", "anciens salariés"),
    "candidate": Text("candidates", "candidats"),
    "professional": Text("professionals of the trade", "professionnels du métier"),
    "amateur": Text("customers and citizens", "clients et citoyens"),
    "organisation": Text("official accounts", "comptes officiels"),
    "media": Text("media", "médias"),
    "other": Text("roles too few to show apart", "rôles trop peu nombreux pour être distingués"),
}
CLASSES = {
    "recognised-expert": Text("recognised experts", "experts reconnus"),
    "serious-information-site": Text("serious information sites", "sites d'information sérieux"),
    "official-account": Text("official accounts", "comptes officiels"),
    "reliable-internet-user": Text("reliable internet users", "internautes fiables"),
    "ordinary": Text("ordinary accounts", "comptes ordinaires"),
    "unproven": Text("unproven accounts", "comptes sans historique"),
    "suspect": Text("suspect accounts", "comptes suspects"),
}
OUTCOMES = {
    "matched": Text("about a watched company", "sur une entreprise suivie"),
    "unmatched": Text("about no watched company", "sur aucune entreprise suivie"),
    "deletion": Text("deletions", "suppressions"),
    "author-deletion": Text("withdrawn accounts", "comptes supprimés"),
    "erased": Text("erased", "effacés"),
    "lost": Text("key missing", "clé absente"),
    "rejected": Text("unreadable, put aside", "illisibles, mis de côté"),
}
WINDOWS = {
    "1h": Text("last hour", "dernière heure"),
    "6h": Text("last 6 hours", "6 dernières heures"),
    "24h": Text("last 24 hours", "24 dernières heures"),
    "7d": Text("last 7 days", "7 derniers jours"),
    "28d": Text("last 28 days", "28 derniers jours"),
}
