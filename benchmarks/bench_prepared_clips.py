"""Reading prepared clips and making dynamic images of them, as training does.

Wanted: at least 2,000 stacks a second (K = 3, m = 5, 112 pixels). The clips have
60 frames; 15 of them make a stack of four images.
"""

import tempfile
import time
from pathlib import Path

import numpy as np

from smastn.imaging.dynamic_image import DescriptorConfig, descriptor_weights, dynamic_images
from smastn.imaging.prepared_clips import PreparedClips
from smastn.imaging.prepared_file import SUFFIX, write_prepared

CLIPS, FRAMES, ROUNDS = 64, 60, 20


def main() -> None:
    random = np.random.default_rng(0)
    weights = descriptor_weights(FRAMES, DescriptorConfig())
    with tempfile.TemporaryDirectory() as scratch:
        files = {str(n): Path(scratch) / f"{n}{SUFFIX}" for n in range(CLIPS)}
        for path in files.values():
            frames = random.integers(0, 256, (FRAMES, 112, 112, 3), dtype=np.uint8)
            write_prepared(path, frames, {})
        prepared = PreparedClips(files)
        seconds = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            for key in files:
                dynamic_images(prepared[key], weights)
            seconds.append(time.perf_counter() - start)
    rate = CLIPS / float(np.median(seconds))
    print(f"{CLIPS} prepared clips of {FRAMES} frames of 112 x 112, read and pooled one by one")
    print(f"  stacks of 4 images  {rate:8.0f} a second (wanted >= 2000)")


if __name__ == "__main__":
    main()
