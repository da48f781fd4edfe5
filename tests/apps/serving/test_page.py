"""The pages in a real browser: bring a film, look, correct, export."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from played import EVENTS, Server

WAIT = 90_000  # ms


@pytest.fixture
def context(chromium: Any, server: Server) -> Iterator[Any]:
    """A browser that has never been here; no page of it may ask anybody but the server."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    context.set_default_timeout(WAIT)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    yield context
    context.close()
    assert asked
    strangers = [url for url in asked if not url.startswith((f"{server.url}/", "blob:", "data:"))]
    assert not strangers, "a request left this machine"


@pytest.fixture
def page(context: Any) -> Iterator[Any]:
    """A page in which nothing may go wrong unseen."""
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    assert not troubles


@pytest.fixture(scope="module")
def analysed(chromium: Any, server: Server, film: Path) -> str:
    """The address of a film that was brought by the page and is done."""
    page = chromium.new_page()
    page.set_default_timeout(WAIT)
    page.goto(server.url)
    page.set_input_files("#file", film)
    row = page.locator("#films > li", has_text=film.name)
    row.get_by_role("progressbar").wait_for()
    row.get_by_role("link", name="Open").wait_for()
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


def chosen_frames(page: Any) -> tuple[int, ...]:
    return tuple(int(page.input_value(f"#{name}")) for name in ("onset", "apex", "offset"))


def drag(page: Any, handle: Any, pixels: float) -> None:
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + pixels / 2, y, steps=3)
    page.mouse.move(x + pixels, y, steps=3)
    page.mouse.up()


def test_what_is_corrected_with_the_mouse_is_what_is_exported(page: Any, analysed: str) -> None:
    opened(page, analysed)
    spotted = page.locator("[role=option]")
    assert spotted.count() >= 2
    page.locator(".lane.all .block-body").first.click()
    first = chosen_frames(page)
    assert abs(first[1] - EVENTS[0].apex) <= 6
    assert frame_shown(page) == first[0]
    width = page.locator(".lane.all .track").bounding_box()["width"]
    drag(page, page.locator("[data-edge=offset]"), 5 * width / 120)
    moved = chosen_frames(page)
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
    corrected = next(row for row in rows if row["emotion"] == "polite smile")
    assert [int(corrected[f"{name}_frame"]) for name in ("onset", "apex", "offset")] == [*moved]
    assert corrected["source"] == "edited"
    assert "chin" in corrected["regions"].split("+")
    assert [row["source"] for row in rows].count("added") == 1


def test_a_reload_loses_nothing_and_undo_brings_back(page: Any, analysed: str) -> None:
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
