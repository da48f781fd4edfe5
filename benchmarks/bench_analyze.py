"""Speed and memory of a whole analysis, compared with decoding and mediapipe's face mesh alone.

Target: at least 150 frames per second of 640 x 480 pixels on 2 cores, including face, movement
and predictions; peak memory of an hour at 30 frames per second within 15 % of that of a
minute, and at most 700 MiB; of 3840 x 2160 pixels at most 1.2 GiB. Each measurement runs in
its own process, since memory peaks would mix.

    python benchmarks/bench_analyze.py [--minutes 60] [--peer FOLDER]

mediapipe 0.10.21 needs other versions of its libraries, so it is installed into a virtual
environment in FOLDER, created if missing. Where that fails, for lack of a network or of a
suitable Python, the comparison is omitted with a message.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import av
import cv2
import torch
from timing import peak_mib, processor_seconds

from smastn.analysis.analyse import analyse
from smastn.faces.landmarks import FaceTracker
from smastn.media.encoding import write_video
from smastn.media.frames import open_frames
from smastn.methods.predictor import Predictor
from smastn.spotting.meter import measure_movement
from smastn.synthesis.synthetic_film import demo_film

SECONDS, FAST = 20, 200.0
LARGE, LARGE_FRAMES = (3840, 2160), 240
PEER = "mediapipe==0.10.21"

PEER_SCRIPT = """
import json, sys, time
import av, mediapipe
mesh = mediapipe.solutions.face_mesh.FaceMesh(max_num_faces=1)
start, frames, faces = time.perf_counter(), 0, 0
with av.open(sys.argv[1]) as film:
    for frame in film.decode(video=0):
        faces += mesh.process(frame.to_ndarray(format="rgb24")).multi_face_landmarks is not None
        frames += 1
print(json.dumps({"frames": frames, "faces": faces,
                  "rate": frames / (time.perf_counter() - start)}))
"""


def repeat(film: Path, times: int, path: Path) -> Path:
    """The film repeated `times` times; packets are copied, not encoded again."""
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
    """Run one task in this process: frames per second and peak memory in MiB."""
    torch.set_num_threads(2)
    predictor = Predictor.bundled() if task == "analyse" else None
    start, used, candidates = time.perf_counter(), processor_seconds(), 0
    if predictor is not None:
        analysis = analyse(film, predictor)
        frames, candidates = analysis.video.frames, len(analysis.candidates)
    else:
        with open_frames(film) as stream:
            if task == "measure":
                frames = len(measure_movement(stream, FaceTracker()).times)
            else:
                frames = sum(1 for _ in stream)
    seconds = time.perf_counter() - start
    return {
        "frames": frames,
        "rate": frames / seconds,
        "processor_ms": 1000 * (processor_seconds() - used) / frames,
        "peak": peak_mib(),
        "candidates": candidates,
    }


def apart(task: str, film: Path) -> dict[str, float]:
    """`measure` in its own process."""
    command = [sys.executable, __file__, "--task", task, str(film)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def peer(folder: Path, film: Path) -> dict[str, float] | str:
    """Run mediapipe's face mesh on the film in its own environment; a reason where it fails."""
    python = folder / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        if subprocess.run(
            [str(python), "-c", "import mediapipe, av"], capture_output=True
        ).returncode:
            command = [str(python), "-m", "pip", "install", "-q", PEER, "av"]
            subprocess.run(command, check=True, capture_output=True, text=True)
        command = [str(python), "-c", PEER_SCRIPT, str(film)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = str(getattr(error, "stderr", "") or error).strip().splitlines()
        return f"{PEER} could not be installed or run here ({said[-1] if said else error})"
    return json.loads(done.stdout.splitlines()[-1])


def main(minutes: int, folder: Path | None) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        once, fast = place / "once.mp4", place / "fast.mp4"
        write_video(once, demo_film(seconds=float(SECONDS)), 30.0)
        write_video(fast, demo_film(seconds=SECONDS / 2, rate=FAST), FAST)
        with open_frames(once) as stream:
            large = (cv2.resize(frame.image, LARGE) for frame in stream)
            write_video(place / "large.mp4", islice(large, LARGE_FRAMES), 30.0, preset="ultrafast")
        short = repeat(once, 60 // SECONDS, place / "short.mp4")
        long = repeat(once, 60 * minutes // SECONDS, place / "long.mp4")
        decoded, rapid = apart("decode", short), apart("measure", fast)
        first = apart("analyse", short)
        other = peer(folder or place / "peer", short)
        last, huge = apart("analyse", long), apart("analyse", place / "large.mp4")
    print("the demo film, repeated, 640 x 480, 30 frames per second, H.264")
    print(f"  decoding alone              {decoded['rate']:6.0f} frames/s")
    if isinstance(other, str):
        print(f"  {other}; the comparison is omitted")
    else:
        print(f"  mediapipe's face mesh alone {other['rate']:6.0f} frames/s")
        print(f"  the whole analysis runs at {first['rate'] / other['rate']:.2f} times its rate")
    for name, one in ((1, first), (minutes, last)):
        print(
            f"  analyse {name:3} min             {one['rate']:6.0f} frames/s   (target >= 150)   "
            f"{one['candidates']:.0f} candidates, peak {one['peak']:.0f} MiB, "
            f"{one['processor_ms']:.1f} ms of processor time a frame"
        )
    print(f"  3840 x 2160 pixels: peak {huge['peak']:.0f} MiB   (target <= 1229)")
    growth = last["peak"] / first["peak"] - 1
    print(f"  memory, {minutes} minutes against one   {growth:+.1%}   (target within 15 %)")
    print(
        f"  measuring a film of 200 frames per second: {rapid['rate']:.0f} frames/s (target >= 200)"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--peer", type=Path)
    parser.add_argument("--task", nargs=2)
    arguments = parser.parse_args()
    if arguments.task:
        print(json.dumps(measure(arguments.task[0], Path(arguments.task[1]))))
    else:
        main(arguments.minutes, arguments.peer)
