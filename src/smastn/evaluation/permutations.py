"""Permutation test over subjects: both runs' predictions of whole subjects are exchanged."""

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray

ALL_UP_TO = 14
"""Subjects; with more there are too many permutations to compute all."""


def subject_permutations(
    subjects: int, wanted: int, generator: np.random.Generator
) -> tuple[Int64[ndarray, "permutations subjects"], bool]:
    """Which subjects are swapped, 0 or 1: every permutation where there are few, else random.

    Returns:
        The permutations, and whether these are all there are.
    """
    if subjects <= ALL_UP_TO:
        return np.arange(2**subjects)[:, None] >> np.arange(subjects) & 1, True
    return generator.integers(0, 2, size=(wanted, subjects)), False


def p_value(gains: Float64[ndarray, " permutations"], observed: float, exact: bool) -> float:
    """Share of gains at least as large, either way; random ones count the observed one in.

    So it is never zero where the permutations are random.

    Args:
        gains: of the permutations, without sign.
        observed: without sign.
        exact: whether these are all permutations.
    """
    larger = int((gains >= observed - 1e-12).sum())
    return larger / len(gains) if exact else (larger + 1) / (len(gains) + 1)
