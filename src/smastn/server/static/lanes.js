// One lane for all intervals, with edges to drag, and one for each part of the face.

import { LEFT, RIGHT, colour } from "./chart.js";
import { byId, make } from "./dom.js";
import { onTheme } from "./frame.js";
import { moment } from "./words.js";

const MOMENTS = ["onset", "apex", "offset"];
const FULL = 12; // times noise; so much fills a lane

/**
 * Parts of the face, both sides of one together.
 * @param {string[]} regions as the server names them
 */
export function partsOf(regions) {
  const parts = new Map();
  for (const region of regions) {
    const part = region.replace(/ (left|right)$/, "");
    parts.set(part, [...(parts.get(part) ?? []), region]);
  }
  return [...parts].map(([part, members]) => ({ members, words: members.length > 1 ? `${part}s` : part }));
}

/** Draw and keep up to date; see `drawChart` for what is shown. */
export function drawLanes(shown, regions) {
  const { span, coding, curves, chosen } = shown;
  const all = lane("Intervals", "all");
  const parts = partsOf(regions).map((part) => ({ ...part, ...lane(part.words, "part") }));
  const talking = shown.analysis.speech_frames ?? [], speech = talking.length ? lane("Speech", "speech") : null;
  byId("lanes").append(all.row, ...(speech ? [speech.row] : []), ...parts.map((part) => part.row));
  if (speech) { speech.track.role = "img"; speech.track.ariaLabel = speechWords(talking, shown); }
  const blocks = () => {
    if (all.track.querySelector(".dragged")) return;
    const focused = document.activeElement?.dataset?.edge;
    const visible = coding.intervals.filter((one) => shown.film.timeOf(one.offset + 1) > span.start && shown.film.timeOf(one.onset) < span.end);
    all.blocks.replaceChildren(...visible.map((one) => block(one, shown, all.track)));
    speech?.blocks.replaceChildren(...talking.map((frames) => speechBlock(frames, shown)));
    for (const part of parts) {
      part.blocks.replaceChildren(...visible
        .filter((one) => part.members.some((region) => one.regions.includes(region)))
        .map((one) => partBlock(one, part, shown)));
    }
    if (focused) all.blocks.querySelector(`[data-edge="${focused}"]`)?.focus();
  };
  const draw = () => { for (const part of parts) sparkline(part, shown); };
  for (const source of [span, coding, chosen]) source.addEventListener("change", blocks);
  for (const source of [span, curves]) source.addEventListener("change", draw);
  new ResizeObserver(draw).observe(byId("lanes"));
  onTheme(() => { blocks(); draw(); });
  for (const { track } of [all, ...(speech ? [speech] : []), ...parts]) scrub(track, shown);
}

function lane(words, kind) {
  const canvas = make("canvas", { "aria-hidden": "true" }), blocks = make("div", { class: "blocks" });
  const track = make("div", { class: "track" }, canvas, blocks);
  return { row: make("div", { class: `lane ${kind}` }, make("span", { class: "lane-name" }, words), track), track, canvas, blocks };
}

/** Click or drag where no interval is: go there. */
function scrub(track, shown) {
  const go = (event) => {
    const box = track.getBoundingClientRect();
    shown.seek(shown.film.frameAt(shown.span.at((event.clientX - box.left) / box.width)));
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

/** A stretch of speech, from its first frame to its last. */
function speechBlock([first, last], shown) {
  const title = `${speechWords([[first, last]], shown)}; lower lip and chin are not believed there, the rest less what the jaw pulls along`;
  return make("div", { class: "speech-block", title, style: placed({ onset: first, offset: last }, shown) });
}

function speechWords(stretches, { film }) {
  return `Speech, ${stretches.map(([first, last]) => `${moment(film.timeOf(first))} to ${moment(film.timeOf(last + 1))}`).join(", ")}`;
}

function partBlock(one, part, shown) {
  const sides = part.members.filter((region) => one.regions.includes(region)).map((region) => region.match(/ (left|right)$/)?.[1]);
  const side = sides.length === 1 && sides[0] ? sides[0] : "";
  return make("div", {
    class: `block small ${one.id === shown.chosen.id ? "chosen" : ""} ${side}`, title: `${one.emotion || "no label"}${side && `, ${side} side`}`,
    style: { ...placed(one, shown), "--tint": shown.colourOf(one) }, on: { click: () => shown.choose(one.id) },
  });
}

function block(one, shown, track) {
  const chosen = one.id === shown.chosen.id;
  const number = shown.coding.intervals.indexOf(one) + 1;
  const words = `Interval ${number}, ${one.emotion || "no label"}, ${one.kind}, ${moment(shown.film.timeOf(one.onset))} to ${moment(shown.film.timeOf(one.offset + 1))}`;
  const body = make("button", { class: "block-body", tabindex: "-1", "aria-label": words, title: words, on: { click: () => shown.choose(one.id) } },
    make("span", { class: "block-words" }, one.emotion || "no label"));
  const made = make("div", {
    class: `block ${chosen ? "chosen" : ""}`, "data-interval": one.id,
    style: { ...placed(one, shown), "--tint": shown.colourOf(one) },
  }, body);
  if (chosen) made.append(...MOMENTS.map((name) => edge(one, name, number, made, shown, track)));
  return made;
}

function apexPlace(one, film) {
  const from = film.timeOf(one.onset), long = film.timeOf(one.offset + 1) - from;
  return `${100 * (film.timeOf(one.apex) + 0.5 / film.rate - from) / long}%`;
}

/** A handle for onset, apex or offset: dragged, or moved by arrow keys. */
function edge(one, name, number, made, shown, track) {
  const { film, coding } = shown;
  const low = { onset: 0, apex: one.onset, offset: one.onset }[name], high = { onset: one.offset, apex: one.offset, offset: film.frames - 1 }[name];
  const left = { onset: "0%", apex: apexPlace(one, film), offset: "100%" }[name];
  const handle = make("div", {
    class: `edge ${name}`, role: "slider", tabindex: "0", "data-edge": name, "aria-label": `${name} of interval ${number}`,
    "aria-orientation": "horizontal", "aria-valuemin": low, "aria-valuemax": high, "aria-valuenow": one[name],
    "aria-valuetext": `frame ${one[name]}, ${moment(film.timeOf(one[name]))}`, title: `${name}: drag, or arrow keys`, style: { left },
  });
  const move = (frame, key) => {
    const wanted = Math.min(high, Math.max(low, frame));
    coding.change(one.id, { [name]: wanted }, key);
    shown.look(wanted);
  };
  handle.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    const jump = { Home: low, End: high }[event.key];
    if (steps === undefined && jump === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move(jump ?? coding.find(one.id)[name] + (event.shiftKey ? 10 : 1) * steps, name);
  });
  drag(handle, made, track, shown, { one, name, low, high, move });
  return handle;
}

function drag(handle, made, track, shown, { one, name, low, high, move }) {
  const { film, span } = shown;
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
      Object.assign(made.style, placed(draft, shown));
      if (name === "apex") handle.style.left = apexPlace(draft, film);
      shown.look(frame);
    };
    const end = () => {
      handle.removeEventListener("pointermove", follow);
      made.classList.remove("dragged");
      move(frame, "");
      shown.chosen.dispatchEvent(new Event("change"));
    };
    handle.addEventListener("pointermove", follow);
    handle.addEventListener("lostpointercapture", end, { once: true });
  });
}

/** The curves of a part of the face, both sides in one lane. */
function sparkline(part, { span, curves }) {
  const { canvas, members } = part, scale = devicePixelRatio;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const paper = canvas.getContext("2d");
  paper.scale(scale, scale);
  paper.lineWidth = 1.1;
  paper.strokeStyle = colour("--soft");
  const { seconds, regions } = curves.current;
  for (const values of members.map((name) => regions[name]).filter(Boolean)) {
    paper.beginPath();
    let down = false;
    values.forEach((value, place) => {
      const x = span.share(seconds[place]) * width;
      if (value === null || x < -20 || x > width + 20) { down = false; return; }
      const y = height - 1 - Math.min(1, value / FULL) * (height - 3);
      if (down) paper.lineTo(x, y); else paper.moveTo(x, y);
      down = true;
    });
    paper.stroke();
  }
}

/** Put the line that shows the present frame where it belongs. */
export function placePlayhead(second, span) {
  const share = span.share(second), line = byId("playhead");
  line.hidden = share < 0 || share > 1;
  line.style.left = `calc(${LEFT}px + (100% - ${LEFT + RIGHT}px) * ${share})`;
}
