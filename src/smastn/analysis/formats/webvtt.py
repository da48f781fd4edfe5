"""WebVTT: subtitles that name each interval while it is shown."""

from smastn.analysis.coding import Coding
from smastn.analysis.formats import ExportFormat


def write(coding: Coding) -> str:
    """One cue an interval, from its onset frame to its offset frame."""
    cues = ["WEBVTT", "NOTE Made by smastn. Times are hours:minutes:seconds."]
    for number, one in enumerate(coding.intervals, start=1):
        start, end = coding.milliseconds(one)
        lines = [one.label, *([", ".join(one.regions)] if one.regions else [])]
        body = "\n".join(_escaped(line) for line in lines)
        cues.append(f"{number}\n{_clock(start)} --> {_clock(end)}\n{body}")
    return "\n\n".join(cues) + "\n"


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"


def _escaped(line: str) -> str:
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return " ".join(line.split())  # an empty line would end the cue


FORMAT = ExportFormat("vtt", "Subtitles", "WebVTT, for any player", ".vtt", "text/vtt", write)
