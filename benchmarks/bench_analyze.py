"""A video analysed end to end, against decoding it, and one minute against ten.

Wanted: 640 x 480 at 30 frames a second or better on 2 cores, face, movement and names
of candidates included; peak memory of ten minutes within 15 % of that of one.

Each measurement runs in a process of its own, so that peaks do not mix.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import av
import torch

from smastn.analysis.video import analyse
from smastn.data.frames import open_frames, write_video
from smastn.model.predictor import Predictor
from smastn.synthesis.film import demo_film

SECONDS, MINUTES = 20, (1, 10)


def make_films(folder: Path) -> list[Path]:
    """The demo film, one after another until a minute and until ten are full."""
    once = folder / "once.mp4"
    write_video(once, demo_film(seconds=float(SECONDS)), 30.0)
    return [repeat(once, 60 * minutes // SECONDS, folder / f"{minutes}.mp4") for minutes in MINUTES]


def repeat(film: Path, times: int, path: Path) -> Path:
    """The same film `times` times in a row; packets are copied, nothing is encoded again."""
    with av.open(str(path), "w") as out:
        stream = None
        for number in range(times):
            with av.open(str(film)) as source:
                video = source.streams.video[0]
                stream = stream or out.add_stream_from_template(video)
                length = int(video.duration or 0)
                for packet in source.demux(video):
                    if packet.dts is None or packet.pts is None:
                        continue
                    packet.pts += number * length
                    packet.dts += number * length
                    packet.stream = stream
                    out.mux(packet)
    return path


def measure(task: str, film: Path) -> dict[str, float]:
    """Do one thing in this process: frames a second and the peak of memory in MiB."""
    torch.set_num_threads(2)
    predictor = Predictor.bundled() if task == "analyse" else None
    start = time.perf_counter()
    if predictor is None:
        with open_frames(film) as stream:
            frames, candidates = sum(1 for _ in stream), 0
    else:
        analysis = analyse(film, predictor)
        frames, candidates = analysis.video.frames, len(analysis.candidates)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"frames": frames, "rate": frames / seconds, "peak": peak, "candidates": candidates}


def apart(task: str, film: Path) -> dict[str, float]:
    """`measure` in a process of its own."""
    command = [sys.executable, __file__, task, str(film)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        films = make_films(Path(scratch))
        decoded = apart("decode", films[0])
        results = [apart("analyse", film) for film in films]
    print("the demo film in a row, 640 x 480, 30 frames a second, H.264")
    print(f"  decoding alone      {decoded['rate']:8.0f} frames/s")
    for minutes, one in zip(MINUTES, results, strict=True):
        print(
            f"  analyse {minutes:2} min      {one['rate']:8.0f} frames/s   (wanted >= 30)   "
            f"{one['candidates']:.0f} candidates, peak {one['peak']:.0f} MiB"
        )
    growth = results[1]["peak"] / results[0]["peak"] - 1
    print(f"  memory, ten minutes against one   {growth:+.1%}   (wanted within 15 %)")
    print(f"  decoding is {decoded['rate'] / results[0]['rate']:.1f} times as fast as analysing")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
    else:
        main()
