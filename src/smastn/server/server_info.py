"""What the pages show about the program, its network and its limits."""

from dataclasses import asdict
from typing import Any

from smastn import __version__
from smastn.analysis.formats import export_formats
from smastn.analysis.palette import UNNAMED, colours
from smastn.analysis.wording import (
    CANDIDATES,
    NO_LIE_DETECTOR,
    TRAIN_YOUR_OWN,
    calibration_text,
    trained_text,
)
from smastn.methods.predictor import Predictor
from smastn.server.limits import Limits
from smastn.spotting.regions import REGIONS


def server_info(predictor: Predictor, limits: Limits, kept: bool) -> dict[str, Any]:
    """Plain values for the pages; `kept` says whether results stay when the server ends."""
    return {
        "version": __version__,
        "caution": NO_LIE_DETECTOR,
        "candidates": CANDIDATES.strip(),
        "trained": trained_text(predictor.trained_on),
        "train_your_own": TRAIN_YOUR_OWN,
        "calibration": calibration_text(predictor.calibration),
        "emotions": predictor.emotions,
        "colours": colours(predictor.emotions),
        "colour_without_name": UNNAMED,
        "regions": list(REGIONS),
        "exports": [
            {"name": name, "title": one.title, "use": one.use}
            for name, one in export_formats().items()
        ],
        "limits": asdict(limits),
        "kept": kept,
    }
