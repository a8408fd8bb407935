"""Figures of a classifier over three classes: F1, recall, calibration, confusion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CLASSES = 3


@dataclass(frozen=True, slots=True)
class Figures:
    """`confusion` counts truth by row, answer by column; classes absent from the truth count in no mean."""

    confusion: NDArray[np.int64]
    ece: float | None

    @property
    def precision(self) -> NDArray[np.float64]:
        return np.diag(self.confusion) / np.maximum(self.confusion.sum(axis=0), 1)

    @property
    def recall(self) -> NDArray[np.float64]:
        return np.diag(self.confusion) / np.maximum(self.confusion.sum(axis=1), 1)

    @property
    def f1(self) -> NDArray[np.float64]:
        sizes = self.confusion.sum(axis=0) + self.confusion.sum(axis=1)
        return np.asarray(2 * np.diag(self.confusion) / np.maximum(sizes, 1))

    @property
    def present(self) -> NDArray[np.bool_]:
        return np.asarray(self.confusion.sum(axis=1) > 0)

    @property
    def macro_f1(self) -> float:
        return float(self.f1[self.present].mean())

    @property
    def macro_recall(self) -> float:
        return float(self.recall[self.present].mean())


def figures(
    truth: NDArray[np.intp], answers: NDArray[np.intp], shares: NDArray[np.float64] | None
) -> Figures:
    """`shares` (texts, 3) are the probabilities of the answers, where there are any."""
    confusion = np.zeros((CLASSES, CLASSES), dtype=np.int64)
    np.add.at(confusion, (truth, answers), 1)
    return Figures(confusion, None if shares is None else _calibration(truth, answers, shares))


def _calibration(truth: NDArray[np.intp], answers: NDArray[np.intp], shares: NDArray[np.float64]) -> float:
    """Expected calibration error over ten bins of confidence."""
    confidence = shares[np.arange(len(answers)), answers]
    bins = np.minimum((confidence * 10).astype(int), 9)
    gaps = np.bincount(bins, confidence - (truth == answers), 10)
    return float(np.abs(gaps).sum() / len(truth))
