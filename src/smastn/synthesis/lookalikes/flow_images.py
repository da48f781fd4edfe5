"""Made-up pictures of optical flow in both public layouts, blanks in their names included."""

from pathlib import Path

import numpy as np

from smastn.synthesis.lookalikes.casme2 import SMALL_CAST
from smastn.synthesis.lookalikes.smic import HS_COUNTS, cast
from smastn.synthesis.lookalikes.takes import Camera, LookalikeConfig, Paint, Take, shoot

LABELS = {
    "disgust": 0,
    "repression": 0,
    "negative": 0,
    "happiness": 1,
    "positive": 1,
    "surprise": 2,
}


def write_flow_images(
    root: Path, config: LookalikeConfig, paint: Paint | None = None
) -> list[Take]:
    """Write made-up flow pictures into `root`, nested and flat with csv; returns the takes."""
    random = np.random.default_rng(config.seed)
    camera = Camera(paint)
    casme2 = [clip for clip in SMALL_CAST if clip[2] in LABELS]
    lines = ["dataset,sub,filename_o,label,apex,imagename,sub_filename"]
    written = []
    for corpus, prefix, own in (
        ("casme2", "sub", casme2),
        ("smic", "s", cast(HS_COUNTS, config.full)),
    ):
        for take in shoot(own, config, random):
            person, label = f"{prefix}{take.person:02d}", LABELS[take.emotion]
            name = take.name.replace(f"s{take.person}_", f"s{take.person:02d}_")
            nested = root / "three_norm_u_v_os" / person / "u_test" / str(label)
            camera.write(nested, take, [(take.onset, f"{person}_{name} .png")])
            flat = root / "STSNet_whole_norm_u_v_os"
            files = [f"{person}_{name}{end} .png" for end in ("", "_1", "_2", "_3")]
            camera.write(flat, take, [(take.onset, file) for file in files])
            lines.append(f"{corpus},{person},{name},{label},,{person}_{take.name}.jpg,")
            written.append(take)
    (root / "combined_3_class2_for_optical_flow.csv").write_text("\r\n".join(lines) + "\r\n")
    return written
