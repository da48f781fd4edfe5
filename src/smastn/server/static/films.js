// The first page: bring a film, watch how far it is, open what was found.

import { announce, byId, make } from "./dom.js";
import { about, frame, show } from "./frame.js";
import { ask, bring } from "./server.js";
import { bytes, count, filmFacts, roughly, timeOfDay } from "./words.js";

const STEPS = { starting: "Starting", watching: "1 of 2: watching the face", filming: "2 of 2: magnifying its movements" };
const POLL = 500; // ms

const sending = new Map(); // films that are on their way, by a number of their own
const rows = new Map(); // the line of each film, by its id
let numbered = 0;

function sensitivity() {
  return byId("sensitivity").value;
}

function take(files) {
  for (const file of files) send(file);
}

async function send(file) {
  const key = `sending-${numbered++}`;
  const entry = { id: key, name: file.name, state: "sending", film: {}, share: 0 };
  const upload = bring(file, sensitivity(), (share) => { entry.share = share; draw(entry); });
  entry.stop = upload.stop;
  sending.set(key, entry);
  draw(entry);
  announce(`${file.name} is being sent`);
  try {
    const job = await upload.done;
    forget(key);
    draw(job);
    rows.get(job.id)?.scrollIntoView({ block: "nearest" });
    refresh();
  } catch (error) {
    sending.set(key, Object.assign(entry, { state: "refused", reason: error.message }));
    draw(entry);
    announce(`${file.name}: ${error.message}`);
  }
}

function forget(key) {
  sending.delete(key);
  rows.get(key)?.remove();
  rows.delete(key);
  empty();
}

/** The line of a film; made anew only where something in it has changed. */
function draw(job) {
  const looks = JSON.stringify([job.state, job.reason, job.before_it, job.progress?.step]);
  let row = rows.get(job.id);
  if (!row || row.dataset.looks !== looks) {
    const focused = row?.contains(document.activeElement) ? document.activeElement.dataset.act : null;
    const made = make("li", { class: `film ${job.state}`, "data-looks": looks, "data-job": job.id },
      make("div", { class: "film-words" },
        make("h3", {}, job.name),
        make("p", { class: "soft facts" }, filmFacts(job.film))),
      make("div", { class: "film-state" }, ...stateOf(job)),
      make("div", { class: "film-acts" }, ...actsOf(job)));
    if (row) row.replaceWith(made);
    else byId("films").prepend(made);
    rows.set(job.id, made);
    if (focused) (made.querySelector(`[data-act=${focused}]`) ?? made.querySelector("a, button"))?.focus();
    row = made;
  }
  const bar = row.querySelector("progress");
  if (bar) progress(row, bar, job);
  empty();
}

function progress(row, bar, job) {
  const { done = 0, total = 0, seconds_left: left = null } = job.progress ?? {};
  const share = job.state === "sending" ? job.share : total ? done / total : null;
  if (share === null) bar.removeAttribute("value");
  else bar.value = share;
  const words = [];
  if (share !== null) words.push(`${Math.floor(100 * share)} %`);
  if (left !== null) words.push(`about ${roughly(left)} left`);
  row.querySelector(".how-far").textContent = words.join(" · ");
}

function stateOf(job) {
  const bar = (words) => [
    make("p", { class: "step" }, words, " ", make("span", { class: "soft how-far" })),
    make("progress", { max: 1, "aria-label": `${job.name}: ${words}` }),
  ];
  if (job.state === "sending") return bar("Sending");
  if (job.state === "working") return bar(STEPS[job.progress?.step] ?? "Working");
  if (job.state === "waiting") {
    const before = job.before_it ? `after ${count(job.before_it, "other film")}` : "its turn is next";
    return [make("p", { class: "step" }, "Waiting ", make("span", { class: "soft" }, before))];
  }
  if (job.state === "cancelled") return [make("p", { class: "step" }, "Cancelled; the film is deleted")];
  if (job.state === "done") {
    return [make("p", { class: "step done" }, "Done ", make("span", { class: "soft" }, `deleted ${timeOfDay(job.deleted_at)} unless looked at`))];
  }
  return [make("p", { class: "wrong", role: "alert" }, job.reason)];
}

function actsOf(job) {
  const act = (name, words, click) =>
    make("button", { "data-act": name, "aria-label": `${words} ${job.name}`, on: { click } }, words);
  if (job.state === "sending") return [act("cancel", "Cancel", () => { job.stop(); })];
  if (job.state === "refused") return [act("delete", "Dismiss", () => forget(job.id))];
  if (job.state === "waiting" || job.state === "working") {
    return [act("cancel", "Cancel", () => act_on(`/api/jobs/${job.id}/cancel`, "POST", `${job.name} was cancelled`))];
  }
  const remove = act("delete", "Delete", () => confirmDelete(job));
  if (job.state !== "done") return [remove];
  const open = make("a", { class: "button primary", "data-act": "open", href: `/view?job=${job.id}`, "aria-label": `Open ${job.name}` }, "Open");
  return [open, remove];
}

async function act_on(path, method, words) {
  try {
    await ask(path, { method });
    announce(words);
  } catch (error) {
    announce(error.message);
  }
  refresh();
}

function confirmDelete(job) {
  if (job.state !== "done") {
    act_on(`/api/jobs/${job.id}`, "DELETE", `${job.name} was deleted`);
    return;
  }
  const dialog = make("dialog", { class: "dialog", "aria-labelledby": "delete-title" },
    make("h2", { id: "delete-title" }, `Delete ${job.name}?`),
    make("p", {}, "The film, what was found in it and your corrections go at once, and cannot be had back."),
    make("div", { class: "dialog-end" },
      make("button", { on: { click: () => dialog.close() } }, "Keep it"),
      make("button", { class: "primary danger", on: { click: () => { dialog.close(); act_on(`/api/jobs/${job.id}`, "DELETE", `${job.name} was deleted`); } } }, "Delete")));
  show(dialog);
}

function empty() {
  byId("no-films").hidden = rows.size > 0;
}

let timer = null;

/** Ask how far all films are, and again soon while something is going on. */
async function refresh() {
  clearTimeout(timer);
  let jobs;
  try {
    jobs = await ask("/api/jobs");
    byId("trouble").textContent = "";
  } catch (error) {
    byId("trouble").textContent = error.message;
    timer = setTimeout(refresh, 4 * POLL);
    return;
  }
  const there = new Set([...sending.keys(), ...jobs.map((job) => job.id)]);
  for (const [id, row] of rows) if (!there.has(id)) { row.remove(); rows.delete(id); }
  for (const job of jobs.reverse()) {
    if (rows.get(job.id)?.classList.contains("working") && job.state === "done") announce(`${job.name} is done`);
    draw(job);
  }
  empty();
  const going = jobs.some((job) => job.state === "waiting" || job.state === "working");
  timer = setTimeout(refresh, going ? POLL : 20 * POLL);
}

function dropping() {
  const zone = byId("drop");
  const over = (event, is) => { event.preventDefault(); zone.classList.toggle("over", is); };
  for (const name of ["dragenter", "dragover"]) addEventListener(name, (event) => over(event, true));
  for (const name of ["dragleave", "dragend"]) addEventListener(name, (event) => over(event, false));
  addEventListener("drop", (event) => { over(event, false); take(event.dataTransfer.files); });
  byId("file").addEventListener("change", (event) => { take([...event.target.files]); event.target.value = ""; });
}

dropping();
frame();
refresh();
const { limits, kept } = await about;
byId("limits").textContent =
  `MP4, MOV, MKV, WebM or AVI · up to ${bytes(limits.upload_bytes)} and ${roughly(limits.film_seconds)} · ` +
  (kept ? "kept in the folder named with --keep" : "deleted when the server ends");
