"""Softmax in whole numbers: the same integers whatever the batch, the machine or its vector unit.

Floating-point `exp` and matrix products may round differently from one batch shape or processor to the next;
published figures must not, so everything after the quantised weights is integer arithmetic.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

UNIT = 1024  # logits are in 1/1,024 nat
WHOLE = 10_000  # probabilities are in 1/10,000

_STEP = 8
_REACH = 16 * UNIT // _STEP  # beyond 16 nats a class has no share left
_EXP = np.array([round(math.exp(-i * _STEP / UNIT) * 2**30) for i in range(_REACH + 1)], dtype=np.int64)
_EXP[_REACH] = 0


def softmax(logits: NDArray[np.int64]) -> NDArray[np.int64]:
    """Shares in 1/10,000, shape (n, classes) like `logits`; rounded down, so a row sums to 10,000 at most."""
    below = (logits.max(axis=1, keepdims=True) - logits) // _STEP
    mass = _EXP[np.minimum(below, _REACH)]
    shares: NDArray[np.int64] = mass * WHOLE // mass.sum(axis=1, keepdims=True)
    return shares
