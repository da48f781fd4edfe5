// The first page: upload films, show their progress, open their results.

import { announce, byId, make } from "./dom.js";
import { info, setUpPage, showDialog } from "./page.js";
import { request, upload as uploadFilm } from "./api.js";
import { formatBytes, plural, filmFacts, formatDuration, timeOfDay } from "./format.js";

const STEPS = { starting: "Starting", tracking: "1 of 2: tracking the face", rendering: "2 of 2: drawing the magnified film" };
const POLL = 500; // ms

const sending = new Map(); // films being uploaded, by a temporary id
const rows = new Map(); // the list item of each film, by its id
let numbered = 0;

function sensitivity() {
  return byId("sensitivity").value;
}

function sendAll(files) {
  for (const file of files) send(file);
}

async function send(file) {
  const key = `sending-${numbered++}`;
  const entry = { id: key, name: file.name, state: "sending", film: {}, share: 0 };
  const upload = uploadFilm(file, sensitivity(), (share) => { entry.share = share; draw(entry); });
  entry.stop = upload.stop;
  sending.set(key, entry);
  draw(entry);
  announce(`${file.name} is being uploaded`);
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
  updateEmpty();
}

/** Draw the list item of a film; it is rebuilt only if something in it has changed. */
function draw(job) {
  const shape = JSON.stringify([job.state, job.reason, job.films_before, job.progress?.step, job.ready]);
  let row = rows.get(job.id);
  if (!row || row.dataset.shape !== shape) {
    const focused = row?.contains(document.activeElement) ? document.activeElement.dataset.act : null;
    const made = make("li", { class: `film ${job.state}`, "data-shape": shape, "data-job": job.id },
      make("div", { class: "film-text" },
        make("h3", {}, job.name),
        make("p", { class: "soft facts" }, filmFacts(job.film))),
      make("div", { class: "film-state" }, ...stateOf(job)),
      make("div", { class: "film-actions" }, ...actionsOf(job)));
    if (row) row.replaceWith(made);
    else byId("films").prepend(made);
    rows.set(job.id, made);
    if (focused) (made.querySelector(`[data-act=${focused}]`) ?? made.querySelector("a, button"))?.focus();
    row = made;
  }
  const bar = row.querySelector("progress");
  if (bar) progress(row, bar, job);
  updateEmpty();
}

function progress(row, bar, job) {
  const { done = 0, total = 0, seconds_left: left = null } = job.progress ?? {};
  const share = job.state === "sending" ? job.share : total ? done / total : null;
  if (share === null) bar.removeAttribute("value");
  else bar.value = share;
  const text = [];
  if (share !== null) text.push(`${Math.floor(100 * share)} %`);
  if (left !== null) text.push(`about ${formatDuration(left)} left`);
  row.querySelector(".progress-text").textContent = text.join(" · ");
}

function stateOf(job) {
  const bar = (text) => [
    make("p", { class: "step" }, text, " ", make("span", { class: "soft progress-text" })),
    make("progress", { max: 1, "aria-label": `${job.name}: ${text}` }),
  ];
  if (job.state === "sending") return bar("Uploading");
  if (job.state === "working") return bar(STEPS[job.progress?.step] ?? "Analysing");
  if (job.state === "waiting") {
    const before = job.films_before ? `after ${plural(job.films_before, "other film")}` : "next";
    return [make("p", { class: "step" }, "Waiting ", make("span", { class: "soft" }, before))];
  }
  if (job.state === "cancelled") return [make("p", { class: "step" }, "Cancelled; the film was deleted")];
  if (job.state === "done") {
    const done = make("p", { class: "step done" }, "Done ", make("span", { class: "soft" }, `deleted at ${timeOfDay(job.deleted_at)} unless used again`));
    return job.reason ? [done, make("p", { class: "soft" }, job.reason)] : [done];
  }
  return [make("p", { class: "wrong", role: "alert" }, job.reason)];
}

function actionsOf(job) {
  const button = (name, text, click) =>
    make("button", { "data-act": name, "aria-label": `${text} ${job.name}`, on: { click } }, text);
  if (job.state === "sending") return [button("cancel", "Cancel", () => { job.stop(); })];
  if (job.state === "refused") return [button("delete", "Dismiss", () => forget(job.id))];
  const open = job.ready
    ? [make("a", { class: "button primary", "data-act": "open", href: `/view?job=${job.id}`, "aria-label": `Open ${job.name}` }, "Open")] : [];
  if (job.state === "waiting" || job.state === "working") {
    return [...open, button("cancel", "Cancel", () => perform(`/api/jobs/${job.id}/cancel`, "POST", `${job.name} was cancelled`))];
  }
  return [...open, button("delete", "Delete", () => confirmDelete(job))];
}

async function perform(path, method, text) {
  try {
    await request(path, { method });
    announce(text);
  } catch (error) {
    announce(error.message);
  }
  refresh();
}

function confirmDelete(job) {
  if (job.state !== "done") {
    perform(`/api/jobs/${job.id}`, "DELETE", `${job.name} was deleted`);
    return;
  }
  const dialog = make("dialog", { class: "dialog", "aria-labelledby": "delete-title" },
    make("h2", { id: "delete-title" }, `Delete ${job.name}?`),
    make("p", {}, "The film, its results and your corrections are deleted at once. This cannot be undone."),
    make("div", { class: "dialog-end" },
      make("button", { on: { click: () => dialog.close() } }, "Keep"),
      make("button", { class: "primary danger", on: { click: () => { dialog.close(); perform(`/api/jobs/${job.id}`, "DELETE", `${job.name} was deleted`); } } }, "Delete")));
  showDialog(dialog);
}

function updateEmpty() {
  byId("no-films").hidden = rows.size > 0;
}

let timer = null;

/** Request the state of all films, and again soon while one is waiting or being analysed. */
async function refresh() {
  clearTimeout(timer);
  let jobs;
  try {
    jobs = await request("/api/jobs");
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
  updateEmpty();
  const active = jobs.some((job) => job.state === "waiting" || job.state === "working");
  timer = setTimeout(refresh, active ? POLL : 20 * POLL);
}

function acceptDrops() {
  const zone = byId("drop");
  const over = (event, is) => { event.preventDefault(); zone.classList.toggle("over", is); };
  for (const name of ["dragenter", "dragover"]) addEventListener(name, (event) => over(event, true));
  for (const name of ["dragleave", "dragend"]) addEventListener(name, (event) => over(event, false));
  addEventListener("drop", (event) => { over(event, false); sendAll(event.dataTransfer.files); });
  byId("file").addEventListener("change", (event) => { sendAll([...event.target.files]); event.target.value = ""; });
}

acceptDrops();
setUpPage();
refresh();
const { limits, kept } = await info;
byId("limits").textContent =
  `MP4, MOV, MKV, WebM or AVI · up to ${formatBytes(limits.upload_bytes)} and ${formatDuration(limits.film_seconds)} · ` +
  (kept ? "kept in the folder named with --keep" : "deleted when the server ends");
