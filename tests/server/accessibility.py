"""Measurements of contrast, labels and focus on a page."""

from typing import Any

LOW_CONTRAST = """() => {
  const paper = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    paper.clearRect(0, 0, 1, 1);
    paper.fillStyle = colour;
    paper.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = paper.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => top.slice(0, 3).map((v, i) => v * top[3] + below[i] * (1 - top[3]));
  const ground = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) {
      layers.push(rgba(getComputedStyle(one).backgroundColor));
      if (layers.at(-1)[3] === 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement, style = getComputedStyle(element);
    const apart = ":disabled, .unseen, script, option, datalist";
    if (!node.textContent.trim() || !element.checkVisibility() || element.closest(apart)) continue;
    const svg = element.namespaceURI.endsWith("svg");
    const below = ground(svg ? element.closest("svg").parentElement : element);
    const ink = over(rgba(svg ? style.fill : style.color), below);
    const [high, low] = [light(ink), light(below)].sort((a, b) => b - a);
    const contrast = (high + 0.05) / (low + 0.05);
    const words = node.textContent.trim().slice(0, 40);
    if (contrast < 4.5) faint.push(`${contrast.toFixed(2)}: ${words}`);
  }
  return faint;
}"""
"""Texts whose contrast with their background is below 4.5 (WCAG 2.2, 1.4.3)."""

UNLABELLED = """() => [...document.querySelectorAll(
    "button, a, input, select, textarea, video, [role=slider], [role=option], [role=listbox]")]
  .filter((one) => one.checkVisibility())
  .filter((one) => !(one.getAttribute("aria-label") || one.labels?.length || one.innerText?.trim()
    || document.getElementById(one.getAttribute("aria-labelledby") ?? "")?.innerText))
  .map((one) => one.outerHTML.slice(0, 120))"""
"""Controls without a name for screen readers."""

INVISIBLE_FOCUS = """() => {
  const one = document.activeElement;
  const ring = one.matches("[type=file]") ? one.parentElement.querySelector(".button") : one;
  const style = getComputedStyle(ring);
  return style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2;
}"""
"""Whether the focused element does not show its focus."""


def tab_to(page: Any, selector: str, most: int = 90) -> None:
    """Press Tab until the focus is there; every stop on the way must show the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        where = page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        if not where.startswith("<body"):
            assert not page.evaluate(INVISIBLE_FOCUS), f"the focus is invisible on {where}"
        if page.evaluate("(words) => document.activeElement.matches(words)", selector):
            return
    raise AssertionError(f"{most} presses of Tab do not lead to {selector}")
