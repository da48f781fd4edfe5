// The part of the film that the timeline shows, shared by chart, lanes and overview.

const LEAST = 0.4; // s
const NARROW = 0.03, WIDE = 0.1; // share of the width below which a chosen interval grows, and to which

/** From `start` to `end`, seconds; tells "change". */
export class Span extends EventTarget {
  constructor(seconds) {
    super();
    this.whole = seconds;
    this.start = 0;
    this.end = seconds;
  }

  get length() { return this.end - this.start; }

  /** Where a second lies, 0 at the left edge and 1 at the right one. */
  share(second) { return (second - this.start) / this.length; }

  /** The second at a share of the width. */
  at(share) { return this.start + share * this.length; }

  /** Show from `start` to `end`, as far as there is film. */
  show(start, end) {
    const length = Math.min(this.whole, Math.max(LEAST, end - start));
    const from = Math.min(this.whole - length, Math.max(0, start));
    if (Math.abs(from - this.start) < 1e-9 && Math.abs(from + length - this.end) < 1e-9) return;
    this.start = from;
    this.end = from + length;
    this.dispatchEvent(new Event("change"));
  }

  /** Show `factor` times as much, with `second` staying where it is. */
  zoom(factor, second) {
    const length = Math.min(this.whole, Math.max(LEAST, this.length * factor));
    const start = second - this.share(second) * length;
    this.show(start, start + length);
  }

  move(seconds) { this.show(this.start + seconds, this.end + seconds); }

  all() { this.show(0, this.whole); }

  /** Move as little as needed to show this second. */
  reveal(second) {
    if (second < this.start || second > this.end) this.show(second - 0.1 * this.length, second + 0.9 * this.length);
  }

  /** Show all of a stretch, and large enough that its edges can be told apart. */
  revealStretch(from, to) {
    const share = (to - from) / this.length;
    if (from >= this.start && to <= this.end && share > NARROW) return;
    const length = share > NARROW ? Math.max(this.length, 1.5 * (to - from)) : (to - from) / WIDE;
    const middle = (from + to) / 2;
    this.show(middle - length / 2, middle + length / 2);
  }
}
