"""Speed and memory of drawing the annotated film.

Target: no longer than the analysis of the film before; peak memory of 90 s within 15 % of that
of 30 s. Each length runs in its own process.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench_analyze import repeat
from timing import peak_mib, processor_seconds

from smastn.analysis.analyse import analyse
from smastn.analysis.export import Outputs, write_analysis
from smastn.media.encoding import write_video
from smastn.methods.predictor import Predictor
from smastn.synthesis.synthetic_film import demo_film

TIMES = (1, 3)


def measure(film: Path) -> dict[str, float]:
    """Analyse, then draw the film in this process."""
    predictor = Predictor.bundled()
    start, before = time.perf_counter(), processor_seconds()
    analysis = analyse(film, predictor)
    drawing, used = time.perf_counter(), processor_seconds()
    write_analysis(analysis, film.with_suffix(""), Outputs(annotated=True))
    return {
        "frames": analysis.video.frames,
        "seconds": time.perf_counter() - drawing,
        "processor_seconds": processor_seconds() - used,
        "analysis_seconds": drawing - start,
        "analysis_processor_seconds": used - before,
        "peak_mib": peak_mib(),
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        once = Path(scratch) / "once.mp4"
        write_video(once, demo_film(seconds=30.0), 30.0)
        found = []
        for times in TIMES:
            film = repeat(once, times, Path(scratch) / f"{times}.mp4")
            command = [sys.executable, __file__, str(film)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            found.append(json.loads(done.stdout))
            one = found[-1]
            print(
                f"{one['frames']:.0f} frames drawn in {one['seconds']:.1f} s, "
                f"{one['frames'] / one['seconds']:.0f} per second, peak {one['peak_mib']:.0f} MiB; "
                f"{one['seconds'] / one['analysis_seconds']:.2f} times as long as the analysis, "
                f"{one['processor_seconds'] / one['analysis_processor_seconds']:.2f} times its "
                f"processor time ({1000 * one['processor_seconds'] / one['frames']:.1f} ms a frame)"
            )
        grown = found[1]["peak_mib"] / found[0]["peak_mib"] - 1
        print(f"{TIMES[1]} times the length takes {grown:.1%} more memory")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(Path(sys.argv[1]))))
    else:
        main()
