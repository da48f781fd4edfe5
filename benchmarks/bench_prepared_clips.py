"""Dynamic images from prepared clips as in training, against reading alone.

Target: at least 2,000 stacks a second (K = 3, m = 5, 112 pixels). Clips have 60 frames; a stack
takes 15 of them. Training maps each clip once and uses one thread per fold, so that is timed;
parallel folds multiply it.
"""

import tempfile
from pathlib import Path

import numpy as np
import torch
from timing import milliseconds

from smastn.faces.prepared_clips import PreparedClips
from smastn.faces.prepared_file import SUFFIX, write_prepared
from smastn.inputs.dynamic_image import dynamic_images
from smastn.inputs.pooling import Pooling

CLIPS, FRAMES = 64, 60


def main() -> None:
    torch.set_num_threads(1)
    random = np.random.default_rng(0)
    weights = Pooling().weights(FRAMES)
    with tempfile.TemporaryDirectory() as scratch:
        files = {str(n): Path(scratch) / f"{n}{SUFFIX}" for n in range(CLIPS)}
        for path in files.values():
            frames = random.integers(0, 256, (FRAMES, 112, 112, 3), dtype=np.uint8)
            write_prepared(path, frames, {})
        prepared = PreparedClips(files)
        mapped = [prepared[key] for key in files]
        pooled = milliseconds(lambda: [dynamic_images(clip, weights) for clip in mapped])
        remapped = milliseconds(lambda: [dynamic_images(prepared[key], weights) for key in files])
        read = milliseconds(lambda: [np.array(clip) for clip in mapped])
    print(f"{CLIPS} prepared clips of {FRAMES} frames of 112 x 112, one thread")
    print(f"  stacks, clips mapped once   {1000 * CLIPS / pooled:8.0f} a second (target >= 2000)")
    print(f"  stacks, each mapped again   {1000 * CLIPS / remapped:8.0f} a second")
    print(f"  reading the clips whole     {1000 * CLIPS / read:8.0f} a second")


if __name__ == "__main__":
    main()
