"""Reading prepared clips and making dynamic images of them, as training does.

Wanted: at least 2,000 stacks a second (K = 3, m = 5, 112 pixels). The clips have
60 frames; 15 of them make a stack of four images.
"""

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch

from smastn.imaging.dynamic_image import DescriptorConfig, descriptor_weights, dynamic_images
from smastn.imaging.prepared_clips import PreparedClips
from smastn.imaging.prepared_file import SUFFIX, write_prepared

CLIPS, FRAMES, ROUNDS, THREADS = 64, 60, 20, 2


def main() -> None:
    torch.set_num_threads(1)  # one stack a thread, rather than all threads at one stack
    random = np.random.default_rng(0)
    weights = descriptor_weights(FRAMES, DescriptorConfig())
    with tempfile.TemporaryDirectory() as scratch:
        files = {str(n): Path(scratch) / f"{n}{SUFFIX}" for n in range(CLIPS)}
        for path in files.values():
            frames = random.integers(0, 256, (FRAMES, 112, 112, 3), dtype=np.uint8)
            write_prepared(path, frames, {})
        prepared = PreparedClips(files)
        threads = ThreadPoolExecutor(THREADS)
        seconds, processor = [], []
        for _ in range(ROUNDS):
            start, used = time.perf_counter(), time.process_time()
            list(threads.map(lambda key: dynamic_images(prepared[key], weights), files))
            seconds.append(time.perf_counter() - start)
            processor.append(time.process_time() - used)
    rate = CLIPS / float(np.median(seconds))
    idle = THREADS * CLIPS / float(np.median(processor))
    print(f"{CLIPS} prepared clips of {FRAMES} frames of 112 x 112, read and pooled, 2 threads")
    print(f"  stacks of 4 images  {rate:8.0f} a second (wanted >= 2000)")
    print(f"  on {THREADS} idle cores     {idle:8.0f} by processor time")


if __name__ == "__main__":
    main()
