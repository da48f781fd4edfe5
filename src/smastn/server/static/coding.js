// The intervals as they stand: every change is one step that can be undone, and is saved.

import { ask } from "./server.js";

const SAVE_AFTER = 250; // ms
const ONE_STEP = 1500; // ms; key presses on one edge that follow so fast are undone together
const MICRO = 0.5; // s

/** A coding; tells "change", "restored" after undo and redo, "saved" when saving gets on. */
export class Coding extends EventTarget {
  /**
   * @param {string} job
   * @param {{revision: number, intervals: object[]}} saved
   * @param {import("./film.js").Film} film
   */
  constructor(job, saved, film) {
    super();
    this.job = job;
    this.film = film;
    this.revision = saved.revision;
    this.numbered = 0;
    this.states = [this.inOrder(saved.intervals.map((one) => ({ ...one, id: `i${this.numbered++}` })))];
    this.place = 0;
    this.last = { key: "", time: 0 };
    this.state = "saved";
  }

  get intervals() { return this.states[this.place]; }
  get canUndo() { return this.place > 0; }
  get canRedo() { return this.place + 1 < this.states.length; }

  /** The interval of that id, or null where it has gone. */
  find(id) { return this.intervals.find((one) => one.id === id) ?? null; }

  /** Give an interval other values; the same `key` again soon is the same step. */
  change(id, values, key = "") {
    const before = this.find(id);
    if (!before) return;
    const after = this.asWanted({ ...before, ...values });
    if (["onset", "apex", "offset", "kind", "emotion", "note"].every((name) => before[name] === after[name])
      && before.regions.join() === after.regions.join()) return;
    if (before.source === "spotted") after.source = "edited";
    this.step(this.intervals.map((one) => (one.id === id ? after : one)), key && `${id} ${key}`);
  }

  /** A new interval; gives its id. */
  add(values) {
    const added = this.asWanted({ regions: [], emotion: "", confidence: null, source: "added", note: "", kind: "micro", ...values });
    added.id = `i${this.numbered++}`;
    this.step([...this.intervals, added], "");
    return added.id;
  }

  /** Leave an interval out. */
  reject(id) { this.step(this.intervals.filter((one) => one.id !== id), ""); }

  undo() { if (this.canUndo) this.back(this.place - 1); }
  redo() { if (this.canRedo) this.back(this.place + 1); }

  /** Go to another state, and tell which interval is another one there. */
  back(place) {
    const before = new Set(this.intervals);
    this.go(place);
    const id = this.intervals.find((one) => !before.has(one))?.id ?? null;
    if (id !== null) this.dispatchEvent(new CustomEvent("restored", { detail: { id } }));
  }

  /** Micro or macro by how long it lasts. */
  kindOf(interval) {
    return this.film.lasting(interval) <= MICRO + 1e-6 ? "micro" : "macro";
  }

  /** All that is to be saved is saved when this resolves. */
  async flush() {
    clearTimeout(this.timer);
    while (this.state === "changed" || this.saving) await (this.saving ?? this.save());
    if (this.state !== "saved") throw new Error("The changes are not saved.");
  }

  asWanted(one) {
    const last = this.film.frames - 1;
    const onset = clamp(one.onset, 0, last), offset = clamp(one.offset, onset, last);
    const moved = { ...one, onset, offset, apex: clamp(one.apex, onset, offset) };
    const before = one.id && this.find(one.id);
    if (!before || before.onset !== onset || before.offset !== offset) moved.kind = this.kindOf(moved);
    return moved;
  }

  inOrder(intervals) { return intervals.toSorted((one, other) => one.onset - other.onset || one.offset - other.offset); }

  step(intervals, key) {
    const now = performance.now();
    const same = key !== "" && key === this.last.key && now - this.last.time < ONE_STEP;
    this.last = { key, time: now };
    this.states.length = same ? this.place : this.place + 1;
    this.states.push(this.inOrder(intervals));
    this.go(this.states.length - 1, key);
  }

  go(place, key = "") {
    this.place = place;
    this.last.key = key;
    this.dispatchEvent(new Event("change"));
    this.tell("changed");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), SAVE_AFTER);
  }

  tell(state, sentence = "") {
    this.state = state;
    this.dispatchEvent(new CustomEvent("saved", { detail: { state, sentence } }));
  }

  save() {
    this.saving ??= this.sendAll().finally(() => { this.saving = null; });
    return this.saving;
  }

  async sendAll() {
    while (this.state === "changed") {
      this.tell("saving");
      const intervals = this.intervals.map(({ id, ...one }) => one);
      try {
        const body = { revision: this.revision, intervals };
        this.revision = (await ask(`/api/jobs/${this.job}/coding`, { method: "PUT", body })).revision;
      } catch (error) {
        this.tell("unsaved", error.message);
        return;
      }
      if (this.state === "saving") this.tell("saved");
    }
  }
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, Math.round(value)));
