// The span of the film that the timeline shows; shared by chart, lanes and overview.

const SHORTEST = 0.4; // s
const NARROW = 0.03, WIDE = 0.1; // share of the width below which a selected interval grows, and to which

/** From `start` to `end`, seconds; dispatches "change". */
export class Span extends EventTarget {
  constructor(seconds) {
    super();
    this.whole = seconds;
    this.start = 0;
    this.end = seconds;
  }

  get length() { return this.end - this.start; }

  /** Position of a second: 0 at the left edge, 1 at the right edge. */
  share(second) { return (second - this.start) / this.length; }

  /** The second at a position. */
  at(share) { return this.start + share * this.length; }

  /** Show from `start` to `end`, within the film. */
  show(start, end) {
    const length = Math.min(this.whole, Math.max(SHORTEST, end - start));
    const from = Math.min(this.whole - length, Math.max(0, start));
    if (Math.abs(from - this.start) < 1e-9 && Math.abs(from + length - this.end) < 1e-9) return;
    this.start = from;
    this.end = from + length;
    this.dispatchEvent(new Event("change"));
  }

  /** Show `factor` times as much; `second` keeps its position. */
  zoom(factor, second) {
    const length = Math.min(this.whole, Math.max(SHORTEST, this.length * factor));
    const start = second - this.share(second) * length;
    this.show(start, start + length);
  }

  move(seconds) { this.show(this.start + seconds, this.end + seconds); }

  all() { this.show(0, this.whole); }

  /** Scroll so that this second is visible. */
  reveal(second) {
    if (second < this.start || second > this.end) this.show(second - 0.1 * this.length, second + 0.9 * this.length);
  }

  /** Show all of an interval, large enough to distinguish its edges. */
  revealInterval(from, to) {
    const share = (to - from) / this.length;
    if (from >= this.start && to <= this.end && share > NARROW) return;
    const length = share > NARROW ? Math.max(this.length, 1.5 * (to - from)) : (to - from) / WIDE;
    const middle = (from + to) / 2;
    this.show(middle - length / 2, middle + length / 2);
  }
}
