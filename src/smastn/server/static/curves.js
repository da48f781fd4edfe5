// The movement curves, with as many points as the screen can show for the visible span.

import { request } from "./api.js";

const POINTS = 3000;
const WAIT = 150; // ms without change of the span before finer curves are requested

/** Curves for the visible span; dispatches "change" when finer ones have arrived. */
export class Curves extends EventTarget {
  constructor(job, film, span) {
    super();
    this.job = job;
    this.film = film;
    this.span = span;
    this.current = { frames: [], movement: [], units: [], regions: {} };
    this.whole = this.current;
    span.addEventListener("change", () => {
      clearTimeout(this.timer);
      if (film.frames > POINTS) this.timer = setTimeout(() => this.refine(), WAIT);
    });
  }

  /** The curves of the whole film. */
  async load() {
    this.whole = this.current = await this.fetched(0, this.film.frames - 1);
    this.dispatchEvent(new Event("change"));
  }

  async refine() {
    const margin = this.span.length;
    const first = this.film.frameAt(this.span.start - margin), last = this.film.frameAt(this.span.end + margin);
    this.current = last - first + 1 >= this.film.frames ? this.whole : await this.fetched(first, last);
    this.dispatchEvent(new Event("change"));
  }

  async fetched(first, last) {
    const points = await request(`/api/jobs/${this.job}/curves?first=${first}&last=${last}&points=${POINTS}`);
    return { ...points, seconds: points.frames.map((frame) => this.film.timeOf(frame)) };
  }
}
