// The film and its magnified copy, in step: one clock, that of the film.

import { byId, icon, make } from "./dom.js";
import { moment } from "./words.js";

const RATES = [0.1, 0.25, 0.5, 1, 2];

/** Plays; tells "frame" whenever another frame is shown, "playing" when it starts or stops. */
export class Player extends EventTarget {
  /**
   * @param {import("./film.js").Film} film
   * @param {{source: string, words: string}[]} pictures the film, then what goes in step with it
   */
  constructor(film, pictures) {
    super();
    this.film = film;
    this.frame = 0;
    this.until = null;
    this.videos = pictures.map(({ source, words }) => {
      const video = make("video", { src: source, preload: "auto", playsinline: true, muted: true, "aria-label": words });
      video.muted = true;
      video.addEventListener("loadedmetadata", () => { video.style.aspectRatio = `${video.videoWidth} / ${video.videoHeight}`; });
      byId("pictures").append(make("figure", {}, video, make("figcaption", {}, words)));
      return video;
    });
    this.clock = this.videos[0];
    this.clock.addEventListener("ended", () => this.pause());
    for (const video of this.videos) video.addEventListener("error", () => this.dispatchEvent(new Event("broken")));
    this.controls();
    this.watch();
  }

  get playing() { return !this.clock.paused; }

  /** Show one frame. */
  show(frame) {
    this.until = null;
    this.frame = this.film.within(frame);
    // The middle of the frame: at its very start, rounding may show the one before.
    for (const video of this.videos) video.currentTime = (this.frame + 0.5) / this.film.rate;
    this.told();
  }

  /** Play on from here, or up to a frame. */
  play(until = null) {
    if (this.frame >= this.film.frames - 1) this.show(0);
    this.until = until;
    for (const video of this.videos) {
      video.playbackRate = Number(this.speed.value);
      video.play().catch(() => this.dispatchEvent(new Event("broken")));
    }
    this.told();
  }

  pause() {
    for (const video of this.videos) video.pause();
    this.show(this.frame);
  }

  toggle() { if (this.playing) this.pause(); else this.play(); }

  step(frames) {
    if (this.playing) this.pause();
    this.show(this.frame + frames);
  }

  /** Follow the clock: which frame is on, and whether the others are on the same one. */
  watch() {
    const seen = (_, { mediaTime }) => {
      if (this.playing) this.passed(this.film.within(Math.floor(mediaTime * this.film.rate + 0.25)));
      this.clock.requestVideoFrameCallback(seen);
    };
    this.clock.requestVideoFrameCallback(seen);
  }

  passed(frame) {
    this.frame = frame;
    for (const video of this.videos.slice(1)) {
      const ahead = (video.currentTime - this.clock.currentTime) * this.film.rate;
      if (Math.abs(ahead) > 3) video.currentTime = this.clock.currentTime;
      else video.playbackRate = this.clock.playbackRate * (ahead > 0.6 ? 0.9 : ahead < -0.6 ? 1.1 : 1);
    }
    if (this.until !== null && frame >= this.until) this.pause();
    else this.told();
  }

  told() {
    const second = this.film.timeOf(this.frame);
    this.readout.textContent = moment(second);
    this.number.textContent = `frame ${this.frame} of ${this.film.frames - 1}`;
    const playing = this.playing;
    if (this.button.dataset.playing !== String(playing)) {
      this.button.dataset.playing = playing;
      this.button.replaceChildren(icon(playing ? "pause" : "play"));
      this.button.setAttribute("aria-label", playing ? "Pause" : "Play");
    }
    this.dispatchEvent(new Event("frame"));
  }

  controls() {
    const act = (name, words, key, click) =>
      make("button", { class: "quiet square", "aria-label": words, title: `${words} (${key})`, on: { click } }, icon(name));
    const go = (name) => () => this.dispatchEvent(new Event(name));
    this.button = make("button", { class: "primary square", title: "Play or pause (space)", on: { click: () => this.toggle() } });
    this.readout = make("output", { class: "readout", "aria-label": "Time" });
    this.number = make("output", { class: "soft number", "aria-label": "Frame" });
    this.speed = make("select", { id: "speed", on: { change: () => { for (const video of this.videos) video.playbackRate = Number(this.speed.value); } } },
      ...RATES.map((rate) => make("option", { value: rate, selected: rate === 1 }, `${rate} ×`)));
    byId("transport").append(
      act("previous", "Previous interval", "P", go("previous")),
      act("back", "One frame back", ",", () => this.step(-1)),
      this.button,
      act("forward", "One frame on", ".", () => this.step(1)),
      act("next", "Next interval", "N", go("next")),
      act("loop", "Play the chosen interval", "L", go("loop")),
      make("div", { class: "where" }, this.readout, this.number),
      make("label", { for: "speed", class: "soft" }, "Speed"), this.speed);
  }
}
