// Timeline lanes: one for all intervals, with edges to drag, and one for each part of the face.

import { LEFT, RIGHT, colour } from "./chart.js";
import { byId, make } from "./dom.js";
import { onTheme } from "./page.js";
import { formatTime } from "./format.js";

const KEY_FRAMES = ["onset", "apex", "offset"];
const FULL = 12; // movement that fills a lane, in multiples of the noise

/**
 * Parts of the face; the left and right regions of a part are together.
 * @param {string[]} regions as the server names them
 */
export function partsOf(regions) {
  const parts = new Map();
  for (const region of regions) {
    const part = region.replace(/ (left|right)$/, "");
    parts.set(part, [...(parts.get(part) ?? []), region]);
  }
  return [...parts].map(([part, members]) => ({ members, text: members.length > 1 ? `${part}s` : part }));
}

/** Draw and keep up to date; see `drawChart` for `viewer`. */
export function drawLanes(viewer, regions) {
  const { span, coding, curves, selection } = viewer;
  const all = lane("Intervals", "all");
  const parts = partsOf(regions).map((part) => ({ ...part, ...lane(part.text, "part") }));
  const marked = [
    { text: "Speech", kind: "speech", spans: viewer.analysis.speech_frames ?? [] },
    { text: "Uncodable", kind: "uncodable", spans: viewer.analysis.uncodable_frames ?? [] },
  ].filter((one) => one.spans.length).map((one) => ({ ...one, ...lane(one.text, one.kind) }));
  byId("lanes").append(all.row, ...[...marked, ...parts].map((one) => one.row));
  for (const one of marked) { one.track.role = "img"; one.track.ariaLabel = spansText(one.text, one.spans, viewer); }
  const blocks = () => {
    if (all.track.querySelector(".dragged")) return;
    const focused = document.activeElement?.dataset?.edge;
    const visible = coding.intervals.filter((one) => viewer.film.timeOf(one.offset + 1) > span.start && viewer.film.timeOf(one.onset) < span.end);
    all.blocks.replaceChildren(...visible.map((one) => block(one, viewer, all.track)));
    for (const one of marked) one.blocks.replaceChildren(...one.spans.map((frames) => markedBlock(one, frames, viewer)));
    for (const part of parts) {
      part.blocks.replaceChildren(...visible
        .filter((one) => part.members.some((region) => one.regions.includes(region)))
        .map((one) => partBlock(one, part, viewer)));
    }
    if (focused) all.blocks.querySelector(`[data-edge="${focused}"]`)?.focus();
  };
  const draw = () => { for (const part of parts) sparkline(part, viewer); };
  for (const source of [span, coding, selection]) source.addEventListener("change", blocks);
  for (const source of [span, curves]) source.addEventListener("change", draw);
  new ResizeObserver(draw).observe(byId("lanes"));
  onTheme(() => { blocks(); draw(); });
  for (const { track } of [all, ...marked, ...parts]) scrub(track, viewer);
}

function lane(text, kind) {
  const canvas = make("canvas", { "aria-hidden": "true" }), blocks = make("div", { class: "blocks" });
  const track = make("div", { class: "track" }, canvas, blocks);
  return { row: make("div", { class: `lane ${kind}` }, make("span", { class: "lane-name" }, text), track), track, canvas, blocks };
}

/** Click or drag outside an interval: go to that frame. */
function scrub(track, viewer) {
  const go = (event) => {
    const box = track.getBoundingClientRect();
    viewer.seek(viewer.film.frameAt(viewer.span.at((event.clientX - box.left) / box.width)));
  };
  track.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.target.closest(".block")) return;
    track.setPointerCapture(event.pointerId);
    go(event);
    track.onpointermove = go;
  });
  for (const end of ["pointerup", "pointercancel"]) track.addEventListener(end, () => { track.onpointermove = null; });
}

function placed(one, { film, span }) {
  const left = span.share(film.timeOf(one.onset)), right = span.share(film.timeOf(one.offset + 1));
  return { left: `${100 * left}%`, width: `${100 * (right - left)}%` };
}

/** A span of speech or one that cannot be coded, from its first frame to its last. */
function markedBlock({ text, kind }, [first, last, why], viewer) {
  const about = why ?? "action units that form sounds and movements of lower lip and chin are ignored, other regions are corrected for jaw movement";
  const title = `${spansText(text, [[first, last]], viewer)}; ${about}`;
  return make("div", { class: `${kind}-block`, title, style: placed({ onset: first, offset: last }, viewer) });
}

function spansText(text, spans, { film }) {
  return `${text}, ${spans.map(([first, last]) => `${formatTime(film.timeOf(first))} to ${formatTime(film.timeOf(last + 1))}`).join(", ")}`;
}

function partBlock(one, part, viewer) {
  const sides = part.members.filter((region) => one.regions.includes(region)).map((region) => region.match(/ (left|right)$/)?.[1]);
  const side = sides.length === 1 && sides[0] ? sides[0] : "";
  return make("div", {
    class: `block small ${one.id === viewer.selection.id ? "selected" : ""} ${side}`, title: `${one.emotion || "no label"}${side && `, ${side} side`}`,
    style: { ...placed(one, viewer), "--tint": viewer.colourOf(one) }, on: { click: () => viewer.select(one.id) },
  });
}

function block(one, viewer, track) {
  const selected = one.id === viewer.selection.id;
  const number = viewer.coding.intervals.indexOf(one) + 1;
  const text = `Interval ${number}, ${one.emotion || "no label"}, ${one.kind}, ${formatTime(viewer.film.timeOf(one.onset))} to ${formatTime(viewer.film.timeOf(one.offset + 1))}`;
  const body = make("button", { class: "block-body", tabindex: "-1", "aria-label": text, title: text, on: { click: () => viewer.select(one.id) } },
    make("span", { class: "block-text" }, one.emotion || "no label"));
  const made = make("div", {
    class: `block ${selected ? "selected" : ""}`, "data-interval": one.id,
    style: { ...placed(one, viewer), "--tint": viewer.colourOf(one) },
  }, body);
  if (selected) made.append(...KEY_FRAMES.map((name) => edge(one, name, number, made, viewer, track)));
  return made;
}

function apexPlace(one, film) {
  const from = film.timeOf(one.onset), long = film.timeOf(one.offset + 1) - from;
  return `${100 * (film.timeOf(one.apex) + 0.5 / film.rate - from) / long}%`;
}

/** A handle for onset, apex or offset: dragged, or moved by arrow keys. */
function edge(one, name, number, made, viewer, track) {
  const { film, coding } = viewer;
  const low = { onset: 0, apex: one.onset, offset: one.onset }[name], high = { onset: one.offset, apex: one.offset, offset: film.frames - 1 }[name];
  const left = { onset: "0%", apex: apexPlace(one, film), offset: "100%" }[name];
  const handle = make("div", {
    class: `edge ${name}`, role: "slider", tabindex: "0", "data-edge": name, "aria-label": `${name} of interval ${number}`,
    "aria-orientation": "horizontal", "aria-valuemin": low, "aria-valuemax": high, "aria-valuenow": one[name],
    "aria-valuetext": `frame ${one[name]}, ${formatTime(film.timeOf(one[name]))}`, title: `${name}: drag, or use the arrow keys`, style: { left },
  });
  const move = (frame, key) => {
    const wanted = Math.min(high, Math.max(low, frame));
    coding.change(one.id, { [name]: wanted }, key);
    viewer.showFrame(wanted);
  };
  handle.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    const jump = { Home: low, End: high }[event.key];
    if (steps === undefined && jump === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move(jump ?? coding.find(one.id)[name] + (event.shiftKey ? 10 : 1) * steps, name);
  });
  drag(handle, made, track, viewer, { one, name, low, high, move });
  return handle;
}

function drag(handle, made, track, viewer, { one, name, low, high, move }) {
  const { film, span } = viewer;
  handle.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    handle.focus();
    handle.setPointerCapture(event.pointerId);
    made.classList.add("dragged");
    let frame = one[name];
    const follow = (moved) => {
      const box = track.getBoundingClientRect(), second = span.at((moved.clientX - box.left) / box.width);
      const wanted = { onset: film.edgeAt(second), apex: film.frameAt(second), offset: film.edgeAt(second) - 1 }[name];
      frame = Math.min(high, Math.max(low, wanted));
      const draft = { ...one, [name]: frame };
      Object.assign(made.style, placed(draft, viewer));
      if (name === "apex") handle.style.left = apexPlace(draft, film);
      viewer.showFrame(frame);
    };
    const end = () => {
      handle.removeEventListener("pointermove", follow);
      made.classList.remove("dragged");
      move(frame, "");
      viewer.selection.dispatchEvent(new Event("change"));
    };
    handle.addEventListener("pointermove", follow);
    handle.addEventListener("lostpointercapture", end, { once: true });
  });
}

/** The curves of a part of the face; both sides share one lane. */
function sparkline(part, { span, curves }) {
  const { canvas, members } = part, scale = devicePixelRatio;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  context.lineWidth = 1.1;
  context.strokeStyle = colour("--soft");
  const { seconds, regions } = curves.current;
  for (const values of members.map((name) => regions[name]).filter(Boolean)) {
    context.beginPath();
    let down = false;
    values.forEach((value, place) => {
      const x = span.share(seconds[place]) * width;
      if (value === null || x < -20 || x > width + 20) { down = false; return; }
      const y = height - 1 - Math.min(1, value / FULL) * (height - 3);
      if (down) context.lineTo(x, y); else context.moveTo(x, y);
      down = true;
    });
    context.stroke();
  }
}

/** Move the line that marks the current frame. */
export function placePlayhead(second, span) {
  const share = span.share(second), line = byId("playhead");
  line.hidden = share < 0 || share > 1;
  line.style.left = `calc(${LEFT}px + (100% - ${LEFT + RIGHT}px) * ${share})`;
}
