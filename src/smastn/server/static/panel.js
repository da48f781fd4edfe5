// The list of intervals, and the details of the selected one.

import { byId, make } from "./dom.js";
import { partsOf } from "./lanes.js";
import { plural, formatTime } from "./format.js";

/** Draw and keep up to date; see `drawChart` for `viewer`. */
export function drawPanel(viewer, server) {
  const { coding, selection } = viewer;
  const list = byId("list");
  const draw = () => {
    const focused = list.contains(document.activeElement);
    byId("list-title").textContent = plural(coding.intervals.length, "interval");
    list.replaceChildren(...coding.intervals.map((one, place) => option(one, place, viewer)));
    if (!coding.intervals.length) list.append(make("p", { class: "soft none" }, "No intervals. Add one where you see a movement."));
    const selected = list.querySelector("[aria-selected=true]") ?? list.querySelector("[role=option]");
    if (selected) selected.tabIndex = 0;
    if (focused) selected?.focus();
    selected?.getAttribute("aria-selected") === "true" && selected.scrollIntoView({ block: "nearest" });
  };
  const detail = () => drawDetail(viewer, server);
  for (const source of [coding, selection]) {
    source.addEventListener("change", draw);
    source.addEventListener("change", detail);
  }
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined || !coding.intervals.length) return;
    event.preventDefault();
    const here = coding.intervals.findIndex((one) => one.id === selection.id);
    viewer.select(coding.intervals[Math.min(coding.intervals.length - 1, Math.max(0, here + step))].id);
  });
  byId("detail").addEventListener("keydown", (event) => {
    if (event.key === "Escape") list.querySelector("[aria-selected=true]")?.focus(); // single keys work there
  });
  draw();
  detail();
}

function option(one, place, viewer) {
  const { film } = viewer, selected = one.id === viewer.selection.id;
  const long = film.duration(one);
  const mark = { edited: "corrected", added: "added" }[one.source];
  return make("div", {
    role: "option", tabindex: "-1", class: "option", "aria-selected": selected, "data-interval": one.id,
    style: { "--tint": viewer.colourOf(one) }, on: { click: () => viewer.select(one.id) },
  },
  make("span", { class: "option-number" }, String(place + 1)),
  make("span", { class: "option-text" }, make("strong", {}, one.emotion || "no label"),
    make("span", { class: "soft" }, `${formatTime(film.timeOf(one.onset))} · ${long.toFixed(2)} s ${one.kind}`)),
  mark ? make("span", { class: "mark" }, mark) : null);
}

function drawDetail(viewer, server) {
  const place = byId("detail"), one = viewer.coding.find(viewer.selection.id);
  if (!one) {
    place.replaceChildren(make("p", { class: "soft none" }, "Select an interval to inspect, correct or reject it."));
    place.dataset.interval = "";
    return;
  }
  const focused = place.contains(document.activeElement) ? document.activeElement.id : null;
  place.dataset.interval = one.id;
  place.replaceChildren(
    labels(one, viewer, server),
    keyFrames(one, viewer),
    evidence(one, viewer),
    regions(one, viewer, server.regions),
    field("note", "Note", make("textarea", { id: "note", rows: 2, maxlength: 2000, on: { change: (event) => viewer.coding.change(one.id, { note: event.target.value }) } }, one.note)),
    make("div", { class: "detail-end" },
      make("button", { id: "reject", title: "Reject (X)", on: { click: () => viewer.reject(one.id) } }, "Reject")));
  if (focused) byId(focused)?.focus();
}

const field = (id, text, ...inputs) => make("div", { class: "field" }, make("label", { for: id }, text), ...inputs);

function labels(one, { coding }, { emotions }) {
  const known = [...new Set([...emotions, "happiness", "disgust", "sadness", "fear", "anger", "contempt", "repression", "others"])];
  return make("div", { class: "pair" },
    field("label", "Label", make("input", { id: "label", list: "labels", value: one.emotion, maxlength: 200, autocomplete: "off", on: { change: (event) => coding.change(one.id, { emotion: event.target.value.trim() }) } }),
      make("datalist", { id: "labels" }, ...known.map((name) => make("option", { value: name })))),
    field("kind", "Kind", make("select", { id: "kind", on: { change: (event) => coding.change(one.id, { kind: event.target.value }) } },
      ...["micro", "macro"].map((name) => make("option", { value: name, selected: one.kind === name }, name)))));
}

function keyFrames(one, { film, coding, showFrame }) {
  const number = (name) => {
    const changed = (event) => {
      const frame = Number.parseInt(event.target.value, 10);
      if (Number.isInteger(frame)) coding.change(one.id, { [name]: frame });
      event.target.value = coding.find(one.id)?.[name] ?? one[name];
    };
    return make("div", { class: "key-frame" },
      make("label", { for: name }, name),
      make("input", { id: name, type: "number", min: 0, max: film.frames - 1, step: 1, value: one[name], "aria-describedby": `${name}-time`, on: { change: changed } }),
      make("button", { class: "quiet time", id: `${name}-time`, title: `Show the ${name}`, "aria-label": `Show the ${name}, ${formatTime(film.timeOf(one[name]))}`, on: { click: () => showFrame(one[name]) } }, formatTime(film.timeOf(one[name]))));
  };
  const long = film.duration(one);
  return make("fieldset", { class: "key-frames" }, make("legend", {}, "Frames ", make("span", { class: "soft" }, `· ${long.toFixed(3)} s, ${plural(one.offset - one.onset + 1, "frame")}`)),
    ...["onset", "apex", "offset"].map(number));
}

/** What the analysis found in this interval: strength, confidence, outputs of the network. */
function evidence(one, { analysis, colourOf }) {
  const spotted = analysis.intervals.find((other) => other.apex_frame >= one.onset && other.apex_frame <= one.offset);
  if (one.source === "added" || !spotted) return make("p", { class: "soft evidence" }, one.source === "added" ? "Added by hand." : "");
  const chances = Object.entries(spotted.probabilities ?? {}).sort((first, second) => second[1] - first[1]);
  const known = spotted.doubt ? null : spotted.predictions_this_sure;
  return make("div", { class: "evidence" },
    known ? make("p", {}, `Of predictions at least this sure, ${known.right} of ${known.predictions} were right (${analysis.calibration.measured_on}).`) : null,
    spotted.doubt ? make("p", {}, `Uncertain: ${spotted.doubt}.`) : null,
    make("p", { class: "soft" }, `${spotted.strength_pixels_of_224.toFixed(1)} px of a 224 px face · ${spotted.strength_times_noise.toFixed(0)} × noise · confidence ${spotted.confidence.toFixed(2)}`),
    chances.length ? make("dl", { class: "chances", "aria-label": "Outputs of the network" }, ...chances.map(([name, value]) =>
      make("div", {}, make("dt", {}, name), make("dd", {}, chance(value)),
        make("i", { "aria-hidden": "true", style: { width: `${100 * value}%`, "--tint": colourOf({ emotion: name }) } })))) : null);
}

/** An output of the network with two digits, never shown as 0 or 1. */
const chance = (value) => (value > 0.994 ? "> 0.99" : value < 0.006 ? "< 0.01" : value.toFixed(2));

function regions(one, { coding }, names) {
  const box = (name, text) => {
    const id = `region-${name.replaceAll(" ", "-")}`;
    const toggle = (event) => {
      const now = coding.find(one.id)?.regions ?? [];
      coding.change(one.id, { regions: event.target.checked ? [...now, name] : now.filter((other) => other !== name) });
    };
    return make("label", { class: "check", for: id }, make("input", { id, type: "checkbox", checked: one.regions.includes(name), "aria-label": name, on: { change: toggle } }), text);
  };
  const rows = partsOf(names).map(({ members, text }) => make("div", { class: "region" }, make("span", {}, text),
    ...members.map((name) => box(name, members.length > 1 ? name.match(/(left|right)$/)[1] : ""))));
  return make("details", { class: "regions", open: openRegions, on: { toggle: (event) => { openRegions = event.target.open; } } },
    make("summary", {}, "Regions ", make("span", { class: "soft" }, one.regions.length ? `· ${one.regions.slice(0, 2).join(", ")}${one.regions.length > 2 ? ` and ${one.regions.length - 2} more` : ""}` : "· none")),
    ...rows);
}

let openRegions = false;
