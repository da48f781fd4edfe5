"""Every made-up corpus by the name of its layout."""

from collections.abc import Callable, Mapping
from pathlib import Path

from smastn.synthesis.lookalikes.casme import write_casme
from smastn.synthesis.lookalikes.casme2 import write_casme2
from smastn.synthesis.lookalikes.casme3 import write_casme3, write_casme3_whole, write_casme3c
from smastn.synthesis.lookalikes.casme_squared import write_casme_squared
from smastn.synthesis.lookalikes.dfme import write_dfme
from smastn.synthesis.lookalikes.flow_images import write_flow_images
from smastn.synthesis.lookalikes.four_dme import write_four_dme
from smastn.synthesis.lookalikes.mmew import write_mmew
from smastn.synthesis.lookalikes.samm import write_samm
from smastn.synthesis.lookalikes.samm_long import write_samm_long
from smastn.synthesis.lookalikes.smic import write_smic
from smastn.synthesis.lookalikes.smic_long import write_smic_long
from smastn.synthesis.lookalikes.takes import LookalikeConfig, Paint, Take

Write = Callable[[Path, LookalikeConfig, Paint | None], list[Take]]

LAYOUTS: Mapping[str, Write] = {
    "casme2": write_casme2,
    "samm": write_samm,
    "smic": write_smic,
    "smic_long": write_smic_long,
    "casme": write_casme,
    "casme_squared": write_casme_squared,
    "casme3": write_casme3,
    "casme3_whole": write_casme3_whole,
    "casme3c": write_casme3c,
    "mmew": write_mmew,
    "4dme": write_four_dme,
    "dfme": write_dfme,
    "samm_long": write_samm_long,
    "flow_images": write_flow_images,
}
"""Layout and what writes it into a folder; returns the takes that its sheets describe."""
