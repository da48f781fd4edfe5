// The list of intervals, and everything about the one that is chosen.

import { byId, make } from "./dom.js";
import { partsOf } from "./lanes.js";
import { count, moment } from "./words.js";

/** Draw and keep up to date; see `drawChart` for what is shown. */
export function drawPanel(shown, known) {
  const { coding, chosen } = shown;
  const list = byId("list");
  const draw = () => {
    const focused = list.contains(document.activeElement);
    byId("list-title").textContent = count(coding.intervals.length, "interval");
    list.replaceChildren(...coding.intervals.map((one, place) => option(one, place, shown)));
    if (!coding.intervals.length) list.append(make("p", { class: "soft none" }, "None. Add one where you see a movement."));
    const selected = list.querySelector("[aria-selected=true]") ?? list.querySelector("[role=option]");
    if (selected) selected.tabIndex = 0;
    if (focused) selected?.focus();
    selected?.getAttribute("aria-selected") === "true" && selected.scrollIntoView({ block: "nearest" });
  };
  const detail = () => drawDetail(shown, known);
  for (const source of [coding, chosen]) {
    source.addEventListener("change", draw);
    source.addEventListener("change", detail);
  }
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined || !coding.intervals.length) return;
    event.preventDefault();
    const here = coding.intervals.findIndex((one) => one.id === chosen.id);
    shown.choose(coding.intervals[Math.min(coding.intervals.length - 1, Math.max(0, here + step))].id);
  });
  byId("detail").addEventListener("keydown", (event) => {
    if (event.key === "Escape") list.querySelector("[aria-selected=true]")?.focus(); // back to single keys
  });
  draw();
  detail();
}

function option(one, place, shown) {
  const { film } = shown, chosen = one.id === shown.chosen.id;
  const long = film.lasting(one);
  const mark = { edited: "corrected", added: "added" }[one.source];
  return make("div", {
    role: "option", tabindex: "-1", class: "option", "aria-selected": chosen, "data-interval": one.id,
    style: { "--tint": shown.colourOf(one) }, on: { click: () => shown.choose(one.id) },
  },
  make("span", { class: "option-number" }, String(place + 1)),
  make("span", { class: "option-words" }, make("strong", {}, one.emotion || "no label"),
    make("span", { class: "soft" }, `${moment(film.timeOf(one.onset))} · ${long.toFixed(2)} s ${one.kind}`)),
  mark ? make("span", { class: "mark" }, mark) : null);
}

function drawDetail(shown, known) {
  const place = byId("detail"), one = shown.coding.find(shown.chosen.id);
  if (!one) {
    place.replaceChildren(make("p", { class: "soft none" }, "Choose an interval to look at it, correct it or reject it."));
    place.dataset.interval = "";
    return;
  }
  const focused = place.contains(document.activeElement) ? document.activeElement.id : null;
  place.dataset.interval = one.id;
  place.replaceChildren(
    labels(one, shown, known),
    moments(one, shown),
    evidence(one, shown),
    regions(one, shown, known.regions),
    field("note", "Note", make("textarea", { id: "note", rows: 2, maxlength: 2000, on: { change: (event) => shown.coding.change(one.id, { note: event.target.value }) } }, one.note)),
    make("div", { class: "detail-end" },
      make("button", { id: "reject", title: "Reject (X)", on: { click: () => shown.reject(one.id) } }, "Reject")));
  if (focused) byId(focused)?.focus();
}

const field = (id, words, ...inputs) => make("div", { class: "field" }, make("label", { for: id }, words), ...inputs);

function labels(one, { coding }, { emotions }) {
  const known = [...new Set([...emotions, "happiness", "disgust", "sadness", "fear", "anger", "contempt", "repression", "others"])];
  return make("div", { class: "pair" },
    field("label", "Label", make("input", { id: "label", list: "labels", value: one.emotion, maxlength: 200, autocomplete: "off", on: { change: (event) => coding.change(one.id, { emotion: event.target.value.trim() }) } }),
      make("datalist", { id: "labels" }, ...known.map((name) => make("option", { value: name })))),
    field("kind", "Kind", make("select", { id: "kind", on: { change: (event) => coding.change(one.id, { kind: event.target.value }) } },
      ...["micro", "macro"].map((name) => make("option", { value: name, selected: one.kind === name }, name)))));
}

function moments(one, { film, coding, look }) {
  const number = (name) => {
    const changed = (event) => {
      const frame = Number.parseInt(event.target.value, 10);
      if (Number.isInteger(frame)) coding.change(one.id, { [name]: frame });
      event.target.value = coding.find(one.id)?.[name] ?? one[name];
    };
    return make("div", { class: "moment" },
      make("label", { for: name }, name),
      make("input", { id: name, type: "number", min: 0, max: film.frames - 1, step: 1, value: one[name], "aria-describedby": `${name}-time`, on: { change: changed } }),
      make("button", { class: "quiet time", id: `${name}-time`, title: `Show the ${name}`, "aria-label": `Show the ${name}, ${moment(film.timeOf(one[name]))}`, on: { click: () => look(one[name]) } }, moment(film.timeOf(one[name]))));
  };
  const long = film.lasting(one);
  return make("fieldset", { class: "moments" }, make("legend", {}, "Frames ", make("span", { class: "soft" }, `· ${long.toFixed(3)} s, ${count(one.offset - one.onset + 1, "frame")}`)),
    ...["onset", "apex", "offset"].map(number));
}

/** What was spotted where this interval is now: strength, confidence, probabilities. */
function evidence(one, { analysis, colourOf }) {
  const spotted = analysis.intervals.find((other) => other.apex_frame >= one.onset && other.apex_frame <= one.offset);
  if (one.source === "added" || !spotted) return make("p", { class: "soft evidence" }, one.source === "added" ? "Added by a person." : "");
  const chances = Object.entries(spotted.probabilities ?? {}).sort((first, second) => second[1] - first[1]);
  return make("div", { class: "evidence" },
    spotted.doubt ? make("p", {}, `Not sure: ${spotted.doubt}.`) : null,
    make("p", { class: "soft" }, `${spotted.strength_pixels_of_224.toFixed(1)} px of a 224 px face · ${spotted.strength_times_noise.toFixed(0)} × noise · confidence ${spotted.confidence.toFixed(2)}`),
    chances.length ? make("dl", { class: "chances", "aria-label": "Probabilities by the network" }, ...chances.map(([name, value]) =>
      make("div", {}, make("dt", {}, name), make("dd", {}, chance(value)),
        make("i", { "aria-hidden": "true", style: { width: `${100 * value}%`, "--tint": colourOf({ emotion: name }) } })))) : null);
}

/** A probability; never quite 0 or 1, since it is neither. */
const chance = (value) => (value > 0.994 ? "> 0.99" : value < 0.006 ? "< 0.01" : value.toFixed(2));

function regions(one, { coding }, names) {
  const box = (name, words) => {
    const id = `region-${name.replaceAll(" ", "-")}`;
    const toggle = (event) => {
      const now = coding.find(one.id)?.regions ?? [];
      coding.change(one.id, { regions: event.target.checked ? [...now, name] : now.filter((other) => other !== name) });
    };
    return make("label", { class: "check", for: id }, make("input", { id, type: "checkbox", checked: one.regions.includes(name), "aria-label": name, on: { change: toggle } }), words);
  };
  const rows = partsOf(names).map(({ members, words }) => make("div", { class: "region" }, make("span", {}, words),
    ...members.map((name) => box(name, members.length > 1 ? name.match(/(left|right)$/)[1] : ""))));
  return make("details", { class: "regions", open: openRegions, on: { toggle: (event) => { openRegions = event.target.open; } } },
    make("summary", {}, "Regions ", make("span", { class: "soft" }, one.regions.length ? `· ${one.regions.slice(0, 2).join(", ")}${one.regions.length > 2 ? ` and ${one.regions.length - 2} more` : ""}` : "· none")),
    ...rows);
}

let openRegions = false;
