// The corrected intervals: every change can be undone and is saved at once.

import { request } from "./api.js";

const SAVE_AFTER = 250; // ms
const ONE_STEP = 1500; // ms; key presses on one edge within this time are undone together
const MICRO = 0.5; // s

/** Dispatches "change"; "restored" after undo and redo; "saved" when the state of saving changes. */
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
    this.states = [this.sorted(saved.intervals.map((one) => ({ ...one, id: `i${this.numbered++}` })))];
    this.position = 0;
    this.last = { key: "", time: 0 };
    this.state = "saved";
  }

  get intervals() { return this.states[this.position]; }
  get canUndo() { return this.position > 0; }
  get canRedo() { return this.position + 1 < this.states.length; }

  /** The interval with that id, or null if there is none. */
  find(id) { return this.intervals.find((one) => one.id === id) ?? null; }

  /** Change values of an interval; changes with the same `key` in quick succession are one step. */
  change(id, values, key = "") {
    const before = this.find(id);
    if (!before) return;
    const after = this.normalised({ ...before, ...values });
    if (["onset", "apex", "offset", "kind", "emotion", "note"].every((name) => before[name] === after[name])
      && before.regions.join() === after.regions.join()) return;
    if (before.source === "spotted") after.source = "edited";
    this.commit(this.intervals.map((one) => (one.id === id ? after : one)), key && `${id} ${key}`);
  }

  /** Add an interval; returns its id. */
  add(values) {
    const added = this.normalised({ regions: [], emotion: "", confidence: null, source: "added", note: "", kind: "micro", ...values });
    added.id = `i${this.numbered++}`;
    this.commit([...this.intervals, added], "");
    return added.id;
  }

  /** Remove an interval. */
  reject(id) { this.commit(this.intervals.filter((one) => one.id !== id), ""); }

  undo() { if (this.canUndo) this.back(this.position - 1); }
  redo() { if (this.canRedo) this.back(this.position + 1); }

  /** Go to another state and report which interval differs there. */
  back(position) {
    const before = new Set(this.intervals);
    this.go(position);
    const id = this.intervals.find((one) => !before.has(one))?.id ?? null;
    if (id !== null) this.dispatchEvent(new CustomEvent("restored", { detail: { id } }));
  }

  /** Micro or macro, by duration. */
  kindOf(interval) {
    return this.film.duration(interval) <= MICRO + 1e-6 ? "micro" : "macro";
  }

  /** Resolves when all changes are saved. */
  async flush() {
    clearTimeout(this.timer);
    while (this.state === "changed" || this.saving) await (this.saving ?? this.save());
    if (this.state !== "saved") throw new Error("The changes are not saved.");
  }

  normalised(one) {
    const last = this.film.frames - 1;
    const onset = clamp(one.onset, 0, last), offset = clamp(one.offset, onset, last);
    const moved = { ...one, onset, offset, apex: clamp(one.apex, onset, offset) };
    const before = one.id && this.find(one.id);
    if (!before || before.onset !== onset || before.offset !== offset) moved.kind = this.kindOf(moved);
    return moved;
  }

  sorted(intervals) { return intervals.toSorted((one, other) => one.onset - other.onset || one.offset - other.offset); }

  commit(intervals, key) {
    const now = performance.now();
    const same = key !== "" && key === this.last.key && now - this.last.time < ONE_STEP;
    this.last = { key, time: now };
    this.states.length = same ? this.position : this.position + 1;
    this.states.push(this.sorted(intervals));
    this.go(this.states.length - 1, key);
  }

  go(position, key = "") {
    this.position = position;
    this.last.key = key;
    this.dispatchEvent(new Event("change"));
    this.setState("changed");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), SAVE_AFTER);
  }

  setState(state, sentence = "") {
    this.state = state;
    this.dispatchEvent(new CustomEvent("saved", { detail: { state, sentence } }));
  }

  save() {
    this.saving ??= this.sendAll().finally(() => { this.saving = null; });
    return this.saving;
  }

  async sendAll() {
    while (this.state === "changed") {
      this.setState("saving");
      const intervals = this.intervals.map(({ id, ...one }) => one);
      try {
        const body = { revision: this.revision, intervals };
        this.revision = (await request(`/api/jobs/${this.job}/coding`, { method: "PUT", body })).revision;
      } catch (error) {
        this.setState("unsaved", error.message);
        return;
      }
      if (this.state === "saving") this.setState("saved");
    }
  }
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, Math.round(value)));
