"""The pages in a real browser: upload a film, inspect, correct, export."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from accessibility import LOW_CONTRAST, UNLABELLED, tab_to
from server_fixtures import EVENTS, FRAMES, Server

WAIT = 90_000  # ms


@pytest.fixture
def context(chromium: Any, server: Server) -> Iterator[Any]:
    """A new browser context; its pages may send requests only to the server."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    context.set_default_timeout(WAIT)
    requested: list[str] = []
    context.on("request", lambda request: requested.append(request.url))
    yield context
    context.close()
    assert requested
    foreign = [url for url in requested if not url.startswith((f"{server.url}/", "blob:", "data:"))]
    assert not foreign, "a request left this machine"


@pytest.fixture
def page(context: Any) -> Iterator[Any]:
    """A page on which no script error may occur."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert not errors


@pytest.fixture(scope="module")
def analysed(chromium: Any, server: Server, film: Path) -> str:
    """The address of a film that was uploaded on the page and is analysed."""
    page = chromium.new_page()
    page.set_default_timeout(WAIT)
    page.goto(server.url)
    page.set_input_files("#file", film)
    row = page.locator("#films > li", has_text=film.name)
    row.get_by_role("progressbar").wait_for()
    row.get_by_text("Done").wait_for()
    address = row.get_by_role("link", name="Open").get_attribute("href")
    page.close()
    return f"{server.url}{address}"


def opened(page: Any, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("body[data-ready]")


def exported(page: Any, kind: str) -> str:
    page.click("#export")
    with page.expect_download() as download:
        page.click(f"[data-kind={kind}]")
    return Path(download.value.path()).read_text(encoding="utf-8")


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def frame_shown(page: Any) -> int:
    return int(page.inner_text(".number").split()[1])


def selected_frames(page: Any) -> tuple[int, ...]:
    return tuple(int(page.input_value(f"#{name}")) for name in ("onset", "apex", "offset"))


def drag(page: Any, handle: Any, pixels: float) -> None:
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + pixels / 2, y, steps=3)
    page.mouse.move(x + pixels, y, steps=3)
    page.mouse.up()


def test_corrections_with_the_mouse_are_exported(page: Any, analysed: str) -> None:
    opened(page, analysed)
    spotted = page.locator("[role=option]")
    assert spotted.count() >= 2
    page.locator(".lane.all .block-body").first.click()
    first = selected_frames(page)
    assert abs(first[1] - EVENTS[0].apex) <= 6
    assert frame_shown(page) == first[0]
    width = page.locator(".lane.all .track").bounding_box()["width"]
    drag(page, page.locator("[data-edge=offset]"), 5 * width / FRAMES)
    moved = selected_frames(page)
    assert moved == (first[0], first[1], first[2] + 5)
    page.fill("#label", "polite smile")
    page.keyboard.press("Tab")
    page.locator("summary", has_text="Regions").click()
    page.check("#region-chin")
    page.locator("[role=option]").nth(1).click()
    page.click("#reject")
    page.click("#add")
    rows = table(exported(page, "csv"))
    assert len(rows) == spotted.count()
    assert "an interview.mp4" in exported(page, "report")
    corrected = next(row for row in rows if row["emotion"] == "polite smile")
    assert [int(corrected[f"{name}_frame"]) for name in ("onset", "apex", "offset")] == [*moved]
    assert corrected["source"] == "edited"
    assert "chin" in corrected["regions"].split("+")
    assert [row["source"] for row in rows].count("added") == 1


def test_a_reload_loses_nothing_and_undo_restores(page: Any, analysed: str) -> None:
    opened(page, analysed)
    page.locator("[role=option]").first.click()
    before = table(exported(page, "csv"))
    page.fill("#note", "seen twice")
    page.keyboard.press("Tab")
    page.keyboard.press("x")
    assert len(table(exported(page, "csv"))) == len(before) - 1
    page.click("#undo")
    page.locator("#saved", has_text="Saved").wait_for()
    opened(page, analysed)
    after = json.loads(exported(page, "json"))["intervals"]
    assert len(after) == len(before)
    assert after[0]["note"] == "seen twice"


def choose_by_keyboard(page: Any, film: Path) -> None:
    """Press Space on the file input; Chromium ignores a press that comes too early."""
    chosen: list[Any] = []
    page.on("filechooser", lambda chooser: chosen.append(chooser))
    for _ in range(10):
        page.keyboard.press("Space")
        for _ in range(30):
            page.wait_for_timeout(100)
            if chosen:
                chosen[0].set_files(film)
                return
    raise AssertionError("Space on the file input opens no chooser")


def test_everything_can_be_done_with_the_keyboard_alone(
    page: Any, server: Server, film: Path
) -> None:
    page.goto(server.url)
    tab_to(page, "#file")
    choose_by_keyboard(page, film)
    page.get_by_role("link", name="Open").first.wait_for()
    page.locator("li.working, li.waiting, li.sending").wait_for(state="detached")
    tab_to(page, "[data-act=open]")
    page.keyboard.press("Enter")
    page.wait_for_selector("body[data-ready]")
    count = page.locator("[role=option]").count()
    page.keyboard.press("n")
    before = selected_frames(page)
    assert frame_shown(page) == before[0]
    tab_to(page, "[data-edge=offset]")
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    assert selected_frames(page) == (before[0], before[1], before[2] + 11)
    assert frame_shown(page) == before[2] + 11
    page.keyboard.press("e")
    page.keyboard.type("brow raise")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.press("x")
    page.keyboard.press("Control+z")
    page.keyboard.press("x")
    tab_to(page, "#export")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "an interview-coding.eaf"
    page.keyboard.press("Enter")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    rows = table(Path(download.value.path()).read_text(encoding="utf-8"))
    moved = [before[0], before[1], before[2] + 11]
    assert [int(rows[0][f"{name}_frame"]) for name in ("onset", "apex", "offset")] == moved
    assert rows[0]["emotion"] == "brow raise"
    assert len(rows) == count - 1


def test_film_and_magnified_film_are_always_on_the_same_frame(page: Any, analysed: str) -> None:
    opened(page, analysed)
    frames = (
        "[...document.querySelectorAll('video')].map((one) => Math.floor(one.currentTime * 30))"
    )
    assert len(page.evaluate(frames)) == 2
    for key, frame in ((".", 1), (".", 2), (">", 12), (",", 11), ("End", FRAMES - 1), ("Home", 0)):
        page.keyboard.press(key)
        assert page.evaluate(frames) == [frame, frame]
        assert frame_shown(page) == frame
    page.keyboard.press("Space")
    page.locator("[aria-label=Pause]").wait_for()
    page.wait_for_timeout(700)
    page.keyboard.press("Space")
    there = page.evaluate(frames)
    assert there[0] == there[1] == frame_shown(page)
    assert there[0] > 0


def test_the_viewer_opens_while_the_magnified_film_is_drawn(page: Any, analysed: str) -> None:
    """As the server answers meanwhile; that it does so, `test_jobs` shows."""
    path = f"**/api/jobs/{analysed.partition('job=')[2]}"
    drawn = False

    def without_magnified(route: Any) -> None:
        found = route.fetch().json()
        route.fulfill(json=found | {"films": ["original.mp4"]})

    def still_drawing(route: Any) -> None:
        now = route.fetch().json()
        progress = {"step": "rendering", "done": 41, "total": 100, "seconds_left": None}
        route.fulfill(json=now if drawn else now | {"state": "working", "progress": progress})

    page.route(f"{path}/analysis", without_magnified)
    page.route(path, still_drawing)
    opened(page, analysed)
    assert page.locator("video").count() == 1
    assert page.locator("#list [role=option]").count() == len(EVENTS)
    page.get_by_text("The magnified film is being drawn, 41 %").wait_for()
    page.keyboard.press(">")
    drawn = True
    page.locator("video").nth(1).wait_for()
    assert page.locator(".drawing").count() == 0
    frames = (
        "[...document.querySelectorAll('video')].map((one) => Math.floor(one.currentTime * 30))"
    )
    assert page.evaluate(frames) == [10, 10]


def test_a_film_is_offered_as_soon_as_it_has_results(page: Any, server: Server) -> None:
    progress = {"step": "rendering", "done": 1, "total": 2, "seconds_left": 4}
    job = {"id": "0" * 32, "name": "new.mp4", "state": "working", "film": {}, "reason": ""}
    jobs = [job | {"ready": True, "progress": progress, "made": 0, "deleted_at": 0}]
    page.route("**/api/jobs", lambda route: route.fulfill(json=jobs))
    page.goto(server.url)
    row = page.locator("#films > li", has_text="new.mp4")
    row.get_by_text("2 of 2: drawing the magnified film").wait_for()
    assert row.get_by_role("link", name="Open").get_attribute("href") == f"/view?job={'0' * 32}"


@pytest.mark.parametrize(
    ("kind", "frames"), [("speech", [25, 49]), ("uncodable", [25, 49, "mouth covered"])]
)
def test_speech_and_the_uncodable_have_lanes_if_there_are_any(
    page: Any, server: Server, analysed: str, kind: str, frames: list
) -> None:
    opened(page, analysed)
    assert page.locator(f".lane.{kind}").count() == 0
    path = server.kept / analysed.partition("job=")[2] / "result" / "analysis.json"
    before = path.read_text(encoding="utf-8")
    path.write_text(json.dumps(json.loads(before) | {f"{kind}_frames": [frames]}))
    try:
        opened(page, analysed)
    finally:
        path.write_text(before, encoding="utf-8")
    track, block = page.locator(f".lane.{kind} .track"), page.locator(f".{kind}-block")
    lane, talk = track.bounding_box(), block.bounding_box()
    assert (talk["x"] - lane["x"]) / lane["width"] == pytest.approx(0.25, abs=0.01)
    assert talk["width"] / lane["width"] == pytest.approx(0.25, abs=0.01)
    assert track.get_attribute("aria-label") == f"{kind.capitalize()}, 0.833 s to 1.667 s"
    told = {"speech": "corrected for jaw movement", "uncodable": "mouth covered"}[kind]
    assert (block.get_attribute("title") or "").endswith(told)
    page.keyboard.press("+")  # zoomed in, it is longer
    assert block.bounding_box()["width"] > 1.5 * talk["width"]


def test_a_peak_that_was_not_taken_says_why_on_hover(page: Any, analysed: str) -> None:
    def with_peak(route: Any) -> None:
        found = route.fetch().json()
        reason = "blink: 9.0 times the noise, 4.2 without it; needs 5.6"
        peak = {"frame": FRAMES // 2, "seconds": 0, "strength_times_noise": 4.2, "reason": reason}
        route.fulfill(json=found | {"not_taken": [peak]})

    page.route(f"**/api/jobs/{analysed.partition('job=')[2]}/analysis", with_peak)
    opened(page, analysed)
    mark = page.locator("#chart .scatterlayer .point")
    assert mark.count() == 1
    box = mark.bounding_box()
    track = page.locator(".lane.all .track").bounding_box()
    middle = box["x"] + box["width"] / 2
    assert (middle - track["x"]) / track["width"] == pytest.approx(0.5, abs=0.01)
    page.mouse.move(middle, box["y"] + box["height"] / 2)
    page.locator("#chart .hovertext", has_text="not taken: blink: 9.0 times the noise").wait_for()


def test_the_pages_share_their_header_and_mark_the_current_page(page: Any, server: Server) -> None:
    heads = set()
    for path, words in (("/", ["Films"]), ("/live", ["Webcam"]), ("/view", [])):
        page.goto(server.url + path)
        assert page.locator("nav [aria-current=page]").all_inner_texts() == words
        heads.add((*page.locator("nav a").all_inner_texts(), page.inner_text("#about")))
    assert heads == {("Films", "Webcam", "About these results")}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_contrast_and_all_controls_have_names(
    chromium: Any, server: Server, analysed: str, scheme: Any
) -> None:
    size: Any = {"width": 1280, "height": 800}
    page = chromium.new_page(color_scheme=scheme, viewport=size, reduced_motion="reduce")
    page.set_default_timeout(WAIT)
    for address in (server.url, f"{server.url}/live"):
        page.goto(address)
        page.locator("footer", has_text="not a lie detector").wait_for()
        assert page.evaluate(LOW_CONTRAST) == []
        assert page.evaluate(UNLABELLED) == []
    opened(page, analysed)
    assert "synthetic faces" in page.inner_text("footer")
    page.keyboard.press("n")
    page.locator("summary", has_text="Regions").click()
    assert page.evaluate(LOW_CONTRAST) == []
    assert page.evaluate(UNLABELLED) == []
    for button, words in (("#about", "licensed"), ("#help", "one frame back")):
        page.click(button)
        assert words in page.inner_text("dialog")
        assert page.evaluate(LOW_CONTRAST) == []
        page.keyboard.press("Escape")
    page.click("#theme")
    assert page.evaluate(LOW_CONTRAST) == []
    page.close()


def test_a_webcam_is_measured_and_its_rate_shown(page: Any, server: Server) -> None:
    kept = {path.name for path in server.kept.iterdir()}
    page.goto(f"{server.url}/live")
    page.click("#switch")
    page.locator("#face", has_text="tracked").wait_for()
    page.locator("#last", has_text=" s, at ").wait_for()  # the film contains movements
    assert "frames/s" in page.inner_text("#rate")
    assert "frames per second" in page.inner_text("#caution")
    page.click("#switch")
    page.locator("#off").wait_for()
    assert page.inner_text("#trouble") == ""
    assert {path.name for path in server.kept.iterdir()} == kept


def test_a_file_that_is_not_a_film_is_rejected_with_a_reason(
    page: Any, server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("no film at all")
    page.goto(server.url)
    page.set_input_files("#file", path)
    row = page.locator("li", has_text="notes.mp4")
    row.locator("[role=alert]", has_text="is not a readable video").wait_for()
    row.get_by_role("button", name="Dismiss").click()
    row.wait_for(state="detached")


def test_a_film_can_be_cancelled_and_deleted_from_the_page(
    page: Any, server: Server, film: Path
) -> None:
    page.goto(server.url)
    page.set_input_files(
        "#file", {"name": "other.mp4", "mimeType": "video/mp4", "buffer": film.read_bytes()}
    )
    page.locator("li.working, li.waiting", has_text="other.mp4").wait_for()
    row = page.locator("li", has_text="other.mp4")
    row.get_by_role("button", name="Cancel").click()
    row.get_by_text("Cancelled").wait_for()
    row.get_by_role("button", name="Delete").click()
    row.wait_for(state="detached")
