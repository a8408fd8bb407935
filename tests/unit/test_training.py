"""The training script: what it may train on, what it leaves out, and the same bytes from the same seed."""

import json
from pathlib import Path

import numpy as np
import pytest
from evaluation import evaluate, train_sentiment
from evaluation.corpora import CORPORA
from evaluation.fitting import Designer, Recipe, Vectors, fit, logits
from evaluation.train_sentiment import MIXES, Mix, Trainer, pack, stack

TEXTS = [
    "what a great day",
    "truly great people",
    "an awful day",
    "awful people",
    "a day in town",
    "people in town",
] * 10
LABELS = [2, 2, 0, 0, 1, 1] * 10
QUICK = Recipe(epochs=15, batch=20, rate=0.1, dropout=0.2)


def written(name: str) -> tuple[list[str], list[int]]:
    return (TEXTS, LABELS) if name == "en_semeval_13_16" else (["never read"], [0])


def test_no_mix_holds_a_set_of_non_commercial_terms() -> None:
    names = {name for mixes in MIXES.values() for mix in mixes.values() for name in mix.weights}
    assert names
    assert all(CORPORA[name].shippable for name in names)


def test_the_card_names_every_set_trained_on() -> None:
    card = (Path(train_sentiment.MODELS) / "CARD.md").read_text("utf8")
    assert all(name in card for mixes in MIXES.values() for mix in mixes.values() for name in mix.weights)


def test_a_set_can_be_left_out_and_a_non_commercial_one_always_is(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def reading(name: str) -> tuple[list[str], list[int]]:
        read.append(name)
        return written(name)

    monkeypatch.setattr(train_sentiment, "load", reading)
    mix = Mix({"en_semeval_13_16": 1.0, "en_goemotions_train": 1.0, "en_airline_posts": 1.0}, QUICK)
    Trainer("en").head(mix, frozenset(["en_goemotions_train"]))
    assert read == ["en_semeval_13_16"]


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_sentiment, "load", written)

    def packed(seed: int) -> dict[str, bytes]:
        recipe = Recipe(epochs=2, batch=20, rate=0.1, seed=seed)
        head = Trainer("en").head(Mix({"en_semeval_13_16": 1.0}, recipe))
        return {name: array.tobytes() for name, array in pack([head, head], None).items()}

    assert packed(1) == packed(1)
    assert packed(1) != packed(2)


def test_sets_of_another_language_are_read_in_it_and_have_no_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_sentiment, "load", lambda _name: (["not great"], [0]))
    trainer = Trainer("fr", Vectors({"great": 0}, np.ones((1, 2), dtype=np.float32)))
    french, english = trainer.corpus("fr_xed")[0], trainer.corpus("en_semeval_13_16")[0]
    both = stack([french, english])
    assert (both.starts == [0, len(french.columns), len(both.columns)]).all()
    assert both.vectors is not None
    assert both.vectors.any(axis=1).tolist() == [True, False]
    assert not np.array_equal(french.signs, english.signs)  # only English knows "not" as a negation


def test_what_is_written_is_learnt() -> None:
    design = Designer("en").design(TEXTS)
    labels = np.array(LABELS)
    head = fit(design, labels, np.ones(len(labels), dtype=np.float32), QUICK)
    assert (logits(head, design).argmax(axis=1) == labels).all()


def test_a_drop_beyond_the_allowance_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = tmp_path / "recorded.json"
    monkeypatch.setattr(evaluate, "RECORDED", recorded)
    assert evaluate.drops({"a": 0.1}) == []
    recorded.write_text(json.dumps({"a": 0.6, "b": 0.6, "c": 0.6}), "utf8")
    assert evaluate.drops({"a": 0.595, "b": 0.585}) == ["b: 0.5850, recorded 0.6000"]


@pytest.mark.parametrize(("figure", "status"), [(0.595, 0), (0.585, 1)])
def test_a_drop_fails_the_evaluation(
    figure: float, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "recorded.json").write_text(json.dumps({"language/fr": 0.6}), "utf8")
    monkeypatch.setenv("VIGIE_SHARED", str(tmp_path))
    monkeypatch.setattr(evaluate, "RECORDED", tmp_path / "recorded.json")
    monkeypatch.setattr(evaluate, "measure", lambda _options: [])
    monkeypatch.setattr(evaluate, "language_accuracy", lambda: {"fr": figure})
    monkeypatch.setattr(evaluate, "opposed_feelings", dict)
    monkeypatch.setattr("sys.argv", ["evaluate", "--quick"])
    assert evaluate.main() == status


def test_without_the_sets_there_is_a_word_and_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VIGIE_SHARED", str(tmp_path / "absent"))
    monkeypatch.setattr("sys.argv", ["evaluate"])
    assert evaluate.main() == 0
    assert "nothing to evaluate" in capsys.readouterr().out
