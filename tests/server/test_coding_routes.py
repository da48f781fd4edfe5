"""A coding is saved if it is based on the last revision, and exported as by the command line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import pytest
from server_fixtures import AWKWARD_NAME, FRAMES, RATE, Server

from smastn.analysis.coding import Coding, intervals_from_plain
from smastn.analysis.formats import export_formats
from smastn.media.frames import read_frames
from smastn.server.curve_data import Curves, thinned


@pytest.fixture
def path(uploaded: str) -> str:
    return uploaded


@pytest.fixture
def coding(client: httpx.Client, path: str) -> Iterator[dict[str, Any]]:
    yield client.get(f"{path}/coding").json()


def interval(**values: Any) -> dict[str, Any]:
    return {"onset": 10, "apex": 12, "offset": 20, "kind": "micro"} | values


def put(client: httpx.Client, path: str, coding: dict[str, Any], *intervals: Any) -> httpx.Response:
    body = {"revision": coding["revision"], "intervals": list(intervals)}
    return client.put(f"{path}/coding", json=body)


@pytest.mark.parametrize("name", ["original.mp4", "magnified.mp4"])
def test_each_film_of_the_viewer_has_every_frame_at_the_films_rate(
    server: Server, uploaded: str, name: str
) -> None:
    path = server.kept / Path(uploaded).name / name
    assert len(read_frames(path)) == FRAMES
    with av.open(path) as film:
        stream = film.streams.video[0]
        assert float(stream.average_rate or 0) == pytest.approx(RATE, abs=0.01)
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")


def test_the_first_coding_is_what_was_spotted(
    client: httpx.Client, path: str, coding: dict[str, Any]
) -> None:
    spotted = client.get(f"{path}/analysis").json()["intervals"]
    assert spotted
    assert [one["apex"] for one in coding["intervals"]] == [one["apex_frame"] for one in spotted]


def test_a_coding_with_an_old_revision_is_rejected(
    client: httpx.Client, path: str, coding: dict[str, Any]
) -> None:
    assert put(client, path, coding, interval(note="first")).is_success
    late = put(client, path, coding, interval(note="second"))
    assert late.status_code == 409
    assert client.get(f"{path}/coding").json()["intervals"][0]["note"] == "first"


@pytest.mark.parametrize(
    "wrong",
    [
        interval(offset=FRAMES),
        interval(onset=-1),
        interval(apex=5),
        interval(kind="nano"),
        interval(regions=["tail"]),
        interval(emotion=7),
        interval(note="x" * 3000),
        interval(onset="10; DROP TABLE"),
        {"onset": 1},
        [],
        None,
    ],
    ids=str,
)
def test_an_invalid_coding_is_rejected_and_the_old_one_stays(
    client: httpx.Client, path: str, coding: dict[str, Any], wrong: Any
) -> None:
    assert put(client, path, coding, interval(), wrong).status_code == 422
    assert client.get(f"{path}/coding").json() == coding


def test_a_body_that_is_not_json_is_rejected(client: httpx.Client, path: str) -> None:
    for body in (b"", b"{", b"[" * 100_000, b"\xff\xfe", b"[]", b"1e999"):
        assert client.put(f"{path}/coding", content=body).status_code == 422
    assert client.put(f"{path}/coding", content=bytes(17 * 2**20)).status_code == 413


def test_exports_are_those_of_the_command_line(
    client: httpx.Client, path: str, coding: dict[str, Any]
) -> None:
    marked = interval(emotion="<b>&", note='=1+1 "quoted"\n--> 00:00', regions=["chin"])
    assert put(
        client, path, coding, marked, interval(onset=0, apex=0, offset=FRAMES - 1)
    ).is_success
    intervals = intervals_from_plain(client.get(f"{path}/coding").json()["intervals"])
    coding_now = Coding(intervals, np.arange(FRAMES) / 30.0, Path(AWKWARD_NAME))
    listed = [one["name"] for one in client.get("/api/info").json()["exports"]]
    assert {"csv", "eaf", "vtt", "json"} <= set(listed)
    texts = {kind: client.get(f"{path}/export/{kind}") for kind in listed}
    for kind, answer in texts.items():
        wanted = export_formats()[kind].content(coding_now).decode()
        assert _dateless(answer.text) == _dateless(wanted)
    for kind, answer in texts.items():
        disposition = answer.headers["content-disposition"]
        assert (
            disposition == f"attachment; filename*=UTF-8''t%C3%A4ke%20%221%22%3B%20b-coding.{kind}"
        )
    assert client.get(f"{path}/export/exe").status_code == 404


def _dateless(document: str) -> str:
    before, _, after = document.partition('DATE="')
    return before + after.partition('"')[2]


def test_thinned_curves_keep_every_peak() -> None:
    movement = np.zeros(100_000, np.float32)
    movement[[5, 40_321, 99_999]] = (3, 9, 7)
    movement[60_000:60_010] = np.nan
    curves = Curves(np.arange(100_000) / 200, 200.0, movement, 3 * movement, {"chin": movement / 2})
    thin = thinned(curves, 0, 10**9, 500)
    assert len(thin["frames"]) == 500
    assert sorted(filter(None, thin["movement"])) == [3, 7, 9]
    assert max(filter(None, thin["regions"]["chin"])) == 4.5
    assert max(filter(None, thin["units"])) == 27
    part = thinned(curves, 59_995, 60_014, 500)
    assert part["frames"] == list(range(59_995, 60_015))
    assert part["movement"][5:15] == [None] * 10
    assert json.dumps(part)


def test_times_of_frames_are_sent_only_if_the_rate_varies() -> None:
    flat = np.zeros(4, np.float32)
    assert Curves(np.arange(4) / 30, 30.0, flat, flat, {}).variable_times is None
    assert Curves(np.array([0, 0.1, 0.15, 0.3]), 10.0, flat, flat, {}).variable_times == [
        0,
        0.1,
        0.15,
        0.3,
    ]
