"""Combinations of action units that occur together, by the emotion they usually go with.

They are the prototypes and variants of EMFACS (Friesen and Ekman, 1983; Ekman, Friesen and Hager,
2002, investigator's guide), their parts alone and on one side, and smiles that are held back
(Ekman, 1985). No corpus was counted; a repeat makes a combination likelier.
"""

import numpy as np

from smastn.corpora.facs import unit_of

COMBINATIONS: dict[str, str] = {
    "positive": ("12 12 12 L12 R12 6+12 6+12 6+7+12 6 6+L12 6+R12 12+25 12+14 12+15 12+17 10+12"),
    "surprise": "1+2 1+2 1+2 L1+L2 R1+R2 1 2 L2 R2 1+2+5 1+2+25",
    "negative": (
        "4 4 L4 R4 4+7 4+7 4+7 4+7 4+5+7 7 7 5 23 24 17+24 "  # anger
        "9 L9 R9 9+10 10 10 L10 R10 10+17 4+9 4+7+9 4+10 4+9+10 4+7+10 4+6+7 4+6+9 "  # disgust
        "1+4 1+4+15 15 15 L15 R15 15+17 15+17 17 17 17 4+15 4+17 4+15+17 "  # sadness
        "14 14 L14 R14 14+15 14+17 4+14 4+12 "  # contempt, mixtures
        "1+2+4 20 25 26"  # fear, open mouth
    ),
}
"""FACS codes, by the emotion."""

EXCURSION = {
    **{"5": 0.4, "6": 0.5, "7": 0.35, "9": 0.7, "10": 0.7},
    **{"14": 0.8, "15": 0.7, "17": 0.8, "23": 0.5, "24": 0.5},
}
"""How far a unit moves the skin beside brows and smiles (1) of the same intensity: lids have
little way to go, pressed lips less than pulled ones. Estimates."""

_ANYTHING = [
    (emotion, tuple(code.split("+")))
    for emotion, codes in COMBINATIONS.items()
    for code in codes.split()
]
_ADDED, _NOTHING = 0.1, 0.06
_UNITS = sorted({unit_of(code) for _, codes in _ANYTHING for code in codes}, key=int)


def draw_combination(
    generator: np.random.Generator,
) -> tuple[str, tuple[str, ...], tuple[float, ...]]:
    """Emotion, FACS codes and how far each moves the skin, 0 to 1; ``neutral`` has none."""
    if generator.random() < _NOTHING:
        return "neutral", (), ()
    emotion, codes = _ANYTHING[generator.integers(len(_ANYTHING))]
    added = _UNITS[generator.integers(len(_UNITS))]
    if generator.random() < _ADDED and added not in map(unit_of, codes):
        codes = (*codes, added)
    far = [float(generator.uniform(0.5, 1)) * EXCURSION.get(unit_of(one), 1.0) for one in codes]
    return emotion, codes, tuple(far)
