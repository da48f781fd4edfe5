// The viewer: inspect, correct and export the intervals of one film.

import { drawChart } from "./chart.js";
import { Coding } from "./coding.js";
import { Curves } from "./curves.js";
import { announce, byId, icon, make } from "./dom.js";
import { Film } from "./film.js";
import { info, setUpPage } from "./page.js";
import { listenToKeys, showKeys } from "./keys.js";
import { drawLanes, placePlayhead } from "./lanes.js";
import { drawOverview } from "./overview.js";
import { drawPanel } from "./panel.js";
import { Player } from "./player.js";
import { request } from "./api.js";
import { Span } from "./span.js";
import { plural, filmFacts, formatTime } from "./format.js";

const ORIGINAL = { name: "original.mp4", text: "Film" };
const MAGNIFIED = { name: "magnified.mp4", text: "Stabilised face, movement magnified" };
const POLL = 1000; // ms
const REPORT = { name: "report", title: "Report", use: "HTML page of the analysis, without corrections" };
const NEW_SECONDS = 0.3; // initial duration of an added interval

class Selection extends EventTarget {
  id = null;

  set(id) {
    if (id === this.id) return;
    this.id = id;
    this.dispatchEvent(new Event("change"));
  }
}

const job = new URLSearchParams(location.search).get("job") ?? "";

setUpPage();
open().catch((error) => {
  byId("trouble").textContent = error.message;
  document.body.classList.add("broken");
});

async function open() {
  const path = `/api/jobs/${encodeURIComponent(job)}`;
  const [analysis, saved, server] = await Promise.all([request(`${path}/analysis`), request(`${path}/coding`), info]);
  const { frames, frames_per_second: rate, seconds, width_pixels: width, height_pixels: height } = analysis.video;
  document.title = `${analysis.name} · smastn`;
  byId("name").textContent = analysis.name;
  byId("facts").textContent = filmFacts({ frames, rate, seconds, width, height });
  byId("measure").textContent = "strongest region against noise; thin line: action units; grey: blinks; crosses: peaks not taken";
  const film = new Film(frames, analysis.playback_frames_per_second, analysis.times_seconds);
  const span = new Span(film.seconds), coding = new Coding(job, saved, film);
  const picture = ({ name, text }) => ({ source: `${path}/films/${name}`, text });
  const player = new Player(film, picture(ORIGINAL));
  if (analysis.films.includes(MAGNIFIED.name)) player.add(picture(MAGNIFIED));
  else awaitDrawing(path, () => player.add(picture(MAGNIFIED)));
  const viewer = {
    analysis, film, span, coding, player, curves: new Curves(job, film, span), selection: new Selection(),
    colourOf: (one) => server.colours[one.emotion] ?? server.colour_without_name,
  };
  addActions(viewer);
  await viewer.curves.load();
  drawChart(byId("chart"), viewer);
  drawLanes(viewer, server.regions);
  drawOverview(viewer);
  drawPanel(viewer, server);
  warn(analysis.warnings);
  followPlayer(viewer);
  followCoding(viewer);
  zoomButtons(viewer);
  exportMenu(viewer, server.exports);
  keys(viewer);
  player.show(0);
  document.body.dataset.ready = "";
}

/** Say how far the magnified film is drawn, in its place, until it is there. */
function awaitDrawing(path, show) {
  const words = make("p", { class: "drawing soft", role: "status" }, "The magnified film is being drawn");
  const figure = make("figure", {}, words, make("figcaption", {}, MAGNIFIED.text));
  byId("pictures").append(figure);
  const look = async () => {
    const { state, reason, progress } = await request(path);
    if (state === "working") {
      const { step, done, total } = progress ?? {};
      words.textContent = "The magnified film is being drawn" + (step === "rendering" && total ? `, ${Math.floor(100 * done / total)} %` : "");
      setTimeout(() => look().catch(fail), POLL);
    } else if (reason) words.textContent = reason;
    else { figure.remove(); show(); }
  };
  const fail = (error) => { words.textContent = error.message; };
  look().catch(fail);
}

/** Show the warnings of the analysis. */
function warn(sentences) {
  if (!sentences.length) return;
  byId("warnings").hidden = false;
  byId("warnings").append(
    make("summary", {}, `${plural(sentences.length, "warning")} about this film`),
    make("ul", {}, ...sentences.map((sentence) => make("li", {}, sentence))));
}

/** Add the actions of the viewer. */
function addActions(viewer) {
  const { film, span, coding, player, selection } = viewer;
  viewer.showFrame = (frame) => {
    if (player.playing) player.pause();
    player.show(frame);
  };
  viewer.seek = (frame) => {
    viewer.showFrame(frame);
    span.reveal(film.timeOf(player.frame));
  };
  viewer.select = (id) => {
    const one = coding.find(id);
    if (!one) return;
    selection.set(id);
    span.revealInterval(film.timeOf(one.onset), film.timeOf(one.offset + 1));
    viewer.showFrame(one.onset);
  };
  viewer.reject = (id) => {
    const place = coding.intervals.findIndex((one) => one.id === id), one = coding.intervals[place];
    if (!one) return;
    coding.reject(id);
    const neighbour = coding.intervals[Math.min(place, coding.intervals.length - 1)];
    selection.set(neighbour?.id ?? null);
    announce(`${one.emotion || "Interval"} at ${formatTime(film.timeOf(one.onset))} rejected; Ctrl+Z restores it`);
  };
  viewer.add = () => {
    const half = Math.max(1, Math.round(NEW_SECONDS * film.rate / 2));
    const id = coding.add({ onset: player.frame - half, apex: player.frame, offset: player.frame + half });
    selection.set(id);
    span.reveal(film.timeOf(player.frame));
    announce("Interval added; give it a label and move its edges");
  };
  viewer.neighbour = (step) => {
    const here = coding.intervals.findIndex((one) => one.id === selection.id);
    const other = here >= 0 ? coding.intervals[here + step] : step > 0
      ? coding.intervals.find((one) => one.onset > player.frame) : coding.intervals.findLast((one) => one.onset < player.frame);
    if (!other) { announce(step > 0 ? "No interval after this one" : "No interval before this one"); return; }
    viewer.select(other.id);
    announce(`Interval ${coding.intervals.indexOf(other) + 1}, ${other.emotion || "no label"}, ${formatTime(film.timeOf(other.onset))}`);
  };
  viewer.loop = () => {
    const one = coding.find(selection.id);
    if (!one) return;
    if (player.playing) player.pause();
    player.show(one.onset);
    player.play(one.offset);
  };
  viewer.setKeyFrame = (name) => {
    if (selection.id !== null) coding.change(selection.id, movedTo(coding.find(selection.id), name, player.frame));
  };
  coding.addEventListener("restored", ({ detail: { id } }) => selection.set(id));
  coding.addEventListener("change", () => { if (selection.id !== null && !coding.find(selection.id)) selection.set(null); });
}

/** The new key frames of an interval; an edge that is set beyond another moves it, too. */
function movedTo(one, name, frame) {
  if (name === "onset") return { onset: frame, apex: Math.max(one.apex, frame), offset: Math.max(one.offset, frame) };
  if (name === "offset") return { onset: Math.min(one.onset, frame), apex: Math.min(one.apex, frame), offset: frame };
  return { onset: Math.min(one.onset, frame), apex: frame, offset: Math.max(one.offset, frame) };
}

function followPlayer(viewer) {
  const { player, film, span } = viewer;
  const place = () => placePlayhead(film.timeOf(player.frame) + 0.5 / film.rate, span);
  player.addEventListener("frame", () => {
    if (player.playing) span.reveal(film.timeOf(player.frame));
    place();
  });
  span.addEventListener("change", place);
  player.addEventListener("next", () => viewer.neighbour(1));
  player.addEventListener("previous", () => viewer.neighbour(-1));
  player.addEventListener("loop", viewer.loop);
  player.addEventListener("broken", () => { byId("trouble").textContent = "The browser cannot play this film; it may have been deleted."; });
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

function zoomButtons(viewer) {
  const button = (name, text, key, click) =>
    make("button", { class: "quiet square", "aria-label": text, title: `${text} (${key})`, on: { click } }, icon(name));
  byId("zoom").append(
    button("minus", "Zoom out", "−", () => zoom(viewer, 2)),
    button("plus", "Zoom in", "+", () => zoom(viewer, 0.5)),
    button("fit", "Show the whole film", "0", () => viewer.span.all()));
  byId("lanes").addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = byId("lanes").querySelector(".track").getBoundingClientRect();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) viewer.span.move((event.deltaX || event.deltaY) / box.width * viewer.span.length);
    else viewer.span.zoom(1.0015 ** event.deltaY, viewer.span.at((event.clientX - box.left) / box.width));
  }, { passive: false });
}

/** Zoom at the current frame if it is visible, else at the middle. */
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

function keys(viewer) {
  const { player, coding, film } = viewer;
  byId("add").addEventListener("click", viewer.add);
  byId("help").addEventListener("click", showKeys);
  const edit = () => { byId("label")?.focus(); byId("label")?.select(); };
  const reject = () => viewer.reject(viewer.selection.id);
  listenToKeys({
    " ": () => player.toggle(), ",": () => player.step(-1), ".": () => player.step(1), "<": () => player.step(-10), ">": () => player.step(10),
    n: () => viewer.neighbour(1), p: () => viewer.neighbour(-1), l: viewer.loop, Home: () => viewer.seek(0), End: () => viewer.seek(film.frames - 1),
    "+": () => zoom(viewer, 0.5), "=": () => zoom(viewer, 0.5), "-": () => zoom(viewer, 2), 0: () => viewer.span.all(),
    i: () => viewer.setKeyFrame("onset"), m: () => viewer.setKeyFrame("apex"), o: () => viewer.setKeyFrame("offset"), e: edit,
    x: reject, Delete: reject, a: viewer.add, "?": showKeys,
  }, coding);
}
