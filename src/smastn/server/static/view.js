// A film that has been analysed: looked at, corrected, exported.

import { drawChart } from "./chart.js";
import { Coding } from "./coding.js";
import { Curves } from "./curves.js";
import { announce, byId, icon, make } from "./dom.js";
import { Film } from "./film.js";
import { about, frame } from "./frame.js";
import { listenToKeys, showKeys } from "./keys.js";
import { drawLanes, placePlayhead } from "./lanes.js";
import { drawOverview } from "./overview.js";
import { drawPanel } from "./panel.js";
import { Player } from "./player.js";
import { ask } from "./server.js";
import { Span } from "./span.js";
import { count, filmFacts, moment } from "./words.js";

const PICTURES = [
  ["original.mp4", "Film"],
  ["magnified.mp4", "Face held still, movement magnified"],
];
const REPORT = { name: "report", title: "Report", use: "the analysis as a page, before corrections" };
const NEW_SECONDS = 0.3; // an added interval lasts so long, until its edges are moved

class Chosen extends EventTarget {
  id = null;

  set(id) {
    if (id === this.id) return;
    this.id = id;
    this.dispatchEvent(new Event("change"));
  }
}

const job = new URLSearchParams(location.search).get("job") ?? "";

frame();
open().catch((error) => {
  byId("trouble").textContent = error.message;
  document.body.classList.add("broken");
});

async function open() {
  const path = `/api/jobs/${encodeURIComponent(job)}`;
  const [analysis, saved, known] = await Promise.all([ask(`${path}/analysis`), ask(`${path}/coding`), about]);
  const { frames, frames_per_second: rate, seconds, width_pixels: width, height_pixels: height } = analysis.video;
  document.title = `${analysis.name} · smastn`;
  byId("name").textContent = analysis.name;
  byId("facts").textContent = filmFacts({ frames, rate, seconds, width, height });
  byId("measure").textContent = "the part that moves most, in times the film's noise; grey marks are blinks";
  const film = new Film(frames, analysis.shown_frames_per_second, analysis.times_seconds);
  const span = new Span(film.seconds), coding = new Coding(job, saved, film);
  const pictures = PICTURES.filter(([name]) => analysis.films.includes(name))
    .map(([name, words]) => ({ source: `${path}/films/${name}`, words }));
  const player = new Player(film, pictures);
  const shown = {
    analysis, film, span, coding, player, curves: new Curves(job, film, span), chosen: new Chosen(),
    colourOf: (one) => known.colours[one.emotion] ?? "#6b7280",
  };
  acts(shown);
  await shown.curves.load();
  drawChart(byId("chart"), shown);
  drawLanes(shown, known.regions);
  drawOverview(shown);
  drawPanel(shown, known);
  warn(analysis.warnings);
  followPlayer(shown);
  followCoding(shown);
  zoomButtons(shown);
  exportMenu(shown, known.exports);
  keys(shown);
  player.show(0);
  document.body.dataset.ready = "";
}

/** What should be known about the film before its results are believed. */
function warn(sentences) {
  if (!sentences.length) return;
  byId("warnings").hidden = false;
  byId("warnings").append(
    make("summary", {}, `${count(sentences.length, "thing")} to know about this film`),
    make("ul", {}, ...sentences.map((sentence) => make("li", {}, sentence))));
}

/** What can be done with what is shown. */
function acts(shown) {
  const { film, span, coding, player, chosen } = shown;
  shown.look = (frame) => {
    if (player.playing) player.pause();
    player.show(frame);
  };
  shown.seek = (frame) => {
    shown.look(frame);
    span.reveal(film.timeOf(player.frame));
  };
  shown.choose = (id) => {
    const one = coding.find(id);
    if (!one) return;
    chosen.set(id);
    span.revealStretch(film.timeOf(one.onset), film.timeOf(one.offset + 1));
    shown.look(one.onset);
  };
  shown.reject = (id) => {
    const place = coding.intervals.findIndex((one) => one.id === id), one = coding.intervals[place];
    if (!one) return;
    coding.reject(id);
    const neighbour = coding.intervals[Math.min(place, coding.intervals.length - 1)];
    chosen.set(neighbour?.id ?? null);
    announce(`${one.emotion || "Interval"} at ${moment(film.timeOf(one.onset))} rejected; Ctrl+Z brings it back`);
  };
  shown.add = () => {
    const half = Math.max(1, Math.round(NEW_SECONDS * film.rate / 2));
    const id = coding.add({ onset: player.frame - half, apex: player.frame, offset: player.frame + half });
    chosen.set(id);
    span.reveal(film.timeOf(player.frame));
    announce("Interval added; give it a label and move its edges");
  };
  shown.neighbour = (step) => {
    const here = coding.intervals.findIndex((one) => one.id === chosen.id);
    const other = here >= 0 ? coding.intervals[here + step] : step > 0
      ? coding.intervals.find((one) => one.onset > player.frame) : coding.intervals.findLast((one) => one.onset < player.frame);
    if (!other) { announce(step > 0 ? "No interval after this one" : "No interval before this one"); return; }
    shown.choose(other.id);
    announce(`Interval ${coding.intervals.indexOf(other) + 1}, ${other.emotion || "no label"}, ${moment(film.timeOf(other.onset))}`);
  };
  shown.loop = () => {
    const one = coding.find(chosen.id);
    if (!one) return;
    if (player.playing) player.pause();
    player.show(one.onset);
    player.play(one.offset);
  };
  shown.setMoment = (name) => {
    if (chosen.id !== null) coding.change(chosen.id, movedTo(coding.find(chosen.id), name, player.frame));
  };
  coding.addEventListener("restored", ({ detail: { id } }) => chosen.set(id));
  coding.addEventListener("change", () => { if (chosen.id !== null && !coding.find(chosen.id)) chosen.set(null); });
}

/** An edge that is set beyond another takes it along. */
function movedTo(one, name, frame) {
  if (name === "onset") return { onset: frame, apex: Math.max(one.apex, frame), offset: Math.max(one.offset, frame) };
  if (name === "offset") return { onset: Math.min(one.onset, frame), apex: Math.min(one.apex, frame), offset: frame };
  return { onset: Math.min(one.onset, frame), apex: frame, offset: Math.max(one.offset, frame) };
}

function followPlayer(shown) {
  const { player, film, span } = shown;
  const place = () => placePlayhead(film.timeOf(player.frame) + 0.5 / film.rate, span);
  player.addEventListener("frame", () => {
    if (player.playing) span.reveal(film.timeOf(player.frame));
    place();
  });
  span.addEventListener("change", place);
  player.addEventListener("next", () => shown.neighbour(1));
  player.addEventListener("previous", () => shown.neighbour(-1));
  player.addEventListener("loop", shown.loop);
  player.addEventListener("broken", () => { byId("trouble").textContent = "The browser cannot show this film; it may have been deleted meanwhile."; });
}

function followCoding({ coding }) {
  byId("undo").append(icon("undo"));
  byId("redo").append(icon("redo"));
  byId("undo").addEventListener("click", () => coding.undo());
  byId("redo").addEventListener("click", () => coding.redo());
  coding.addEventListener("change", () => {
    byId("undo").disabled = !coding.canUndo;
    byId("redo").disabled = !coding.canRedo;
  });
  coding.addEventListener("saved", ({ detail: { state, sentence } }) => {
    byId("saved").textContent = { changed: "Saving…", saving: "Saving…", saved: "Saved", unsaved: "Not saved" }[state];
    byId("trouble").textContent = sentence;
  });
  addEventListener("beforeunload", (event) => { if (coding.state !== "saved") event.preventDefault(); });
  addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && coding.state === "changed") coding.save(); });
}

function zoomButtons(shown) {
  const button = (name, words, key, click) =>
    make("button", { class: "quiet square", "aria-label": words, title: `${words} (${key})`, on: { click } }, icon(name));
  byId("zoom").append(
    button("minus", "Show more of the film", "−", () => zoom(shown, 2)),
    button("plus", "Show less of the film, larger", "+", () => zoom(shown, 0.5)),
    button("fit", "Show the whole film", "0", () => shown.span.all()));
  byId("lanes").addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = byId("lanes").querySelector(".track").getBoundingClientRect();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) shown.span.move((event.deltaX || event.deltaY) / box.width * shown.span.length);
    else shown.span.zoom(1.0015 ** event.deltaY, shown.span.at((event.clientX - box.left) / box.width));
  }, { passive: false });
}

/** About the present frame if that is shown, else about the middle. */
function zoom({ span, film, player }, factor) {
  const now = film.timeOf(player.frame);
  span.zoom(factor, now >= span.start && now <= span.end ? now : (span.start + span.end) / 2);
}

function exportMenu({ coding }, formats) {
  const button = byId("export"), choices = byId("exports");
  const open = (is) => { choices.hidden = !is; button.setAttribute("aria-expanded", is); };
  choices.append(...[...formats, REPORT].map(({ name, title, use }) => make("button", { class: "choice", "data-kind": name, on: { click: async () => {
    open(false);
    button.focus();
    try {
      await coding.flush();
      const what = name === REPORT.name ? name : `export/${name}`;
      make("a", { href: `/api/jobs/${job}/${what}`, download: "" }).click();
    } catch (error) {
      byId("trouble").textContent = error.message;
    }
  } } }, make("strong", {}, title), make("span", { class: "soft" }, use))));
  button.addEventListener("click", () => { open(choices.hidden); if (!choices.hidden) choices.firstChild.focus(); });
  choices.addEventListener("keydown", (event) => {
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (step) { event.preventDefault(); event.target[step]?.focus(); }
    if (event.key === "Escape") { open(false); button.focus(); }
  });
  addEventListener("pointerdown", (event) => { if (!event.target.closest(".menu")) open(false); });
}

function keys(shown) {
  const { player, coding, film } = shown;
  byId("add").addEventListener("click", shown.add);
  byId("help").addEventListener("click", showKeys);
  const edit = () => { byId("label")?.focus(); byId("label")?.select(); };
  const reject = () => shown.reject(shown.chosen.id);
  listenToKeys({
    " ": () => player.toggle(), ",": () => player.step(-1), ".": () => player.step(1), "<": () => player.step(-10), ">": () => player.step(10),
    n: () => shown.neighbour(1), p: () => shown.neighbour(-1), l: shown.loop, Home: () => shown.seek(0), End: () => shown.seek(film.frames - 1),
    "+": () => zoom(shown, 0.5), "=": () => zoom(shown, 0.5), "-": () => zoom(shown, 2), 0: () => shown.span.all(),
    i: () => shown.setMoment("onset"), m: () => shown.setMoment("apex"), o: () => shown.setMoment("offset"), e: edit,
    x: reject, Delete: reject, a: shown.add, "?": showKeys,
  }, coding);
}
