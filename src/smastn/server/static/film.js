// Frames and times of one film. Frames count from 0.

/** Converts between frames and seconds of a film. */
export class Film {
  /**
   * @param {number} frames number of frames
   * @param {number} rate frames per second, on average
   * @param {number[]|null} times seconds of each frame, or null if the rate is constant
   */
  constructor(frames, rate, times) {
    this.frames = frames;
    this.rate = rate;
    this.times = times;
  }

  /** Seconds from the start to the end of the last frame. */
  get seconds() { return this.timeOf(this.frames); }

  /** Seconds at which a frame begins; the number of frames stands for the end. */
  timeOf(frame) {
    if (!this.times) return frame / this.rate;
    if (frame < this.frames) return this.times[Math.max(0, frame)];
    return this.times[this.frames - 1] + (frame - this.frames + 1) / this.rate;
  }

  /** Seconds from the onset frame to the offset frame of an interval. */
  duration({ onset, offset }) { return this.timeOf(offset) - this.timeOf(onset); }

  /** The frame shown at that second. */
  frameAt(seconds) {
    if (!this.times) return this.within(Math.floor(seconds * this.rate + 1e-6));
    let low = 0, high = this.frames - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.times[middle] <= seconds + 1e-6) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The frame whose beginning is nearest; the number of frames stands for the end. */
  edgeAt(seconds) {
    const frame = this.frameAt(seconds);
    return seconds - this.timeOf(frame) < this.timeOf(frame + 1) - seconds ? frame : frame + 1;
  }

  /** The nearest valid frame. */
  within(frame) { return Math.min(this.frames - 1, Math.max(0, frame)); }
}
