"""The figures of the evaluation, on a case small enough to count by hand."""

import numpy as np
import pytest
from evaluation.metrics import figures


def test_figures() -> None:
    truth, answers = np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 2, 2, 0])
    shares = np.array([[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1], [1, 0, 0]], dtype=float)
    found = figures(truth, answers, shares)
    assert found.confusion.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 2]]
    assert found.precision.tolist() == [0.5, 0.5, 1.0]
    assert found.recall.tolist() == pytest.approx([0.5, 1.0, 2 / 3])
    assert found.f1.tolist() == pytest.approx([0.5, 2 / 3, 0.8])
    assert found.ece == pytest.approx(2 / 6)


def test_a_class_that_never_occurs_counts_in_no_mean() -> None:
    found = figures(np.array([0, 2]), np.array([0, 1]), None)
    assert found.macro_recall == 0.5
    assert found.ece is None
