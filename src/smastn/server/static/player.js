// Plays the film and its magnified copy in step; the film is the clock.

import { byId, icon, make } from "./dom.js";
import { formatTime } from "./format.js";

const RATES = [0.1, 0.25, 0.5, 1, 2];

/** Dispatches "frame" whenever another frame is shown, and when playing starts or stops. */
export class Player extends EventTarget {
  /**
   * @param {import("./film.js").Film} film
   * @param {{source: string, text: string}} picture the film; its copies are added
   */
  constructor(film, picture) {
    super();
    this.film = film;
    this.frame = 0;
    this.until = null;
    this.videos = [];
    this.add(picture);
    this.clock = this.videos[0];
    this.clock.addEventListener("ended", () => this.pause());
    this.controls();
    this.followClock();
  }

  /** Show the film, or a copy of it beside the film, at the current frame. */
  add({ source, text }) {
    const video = make("video", { src: source, preload: "auto", playsinline: true, muted: true, "aria-label": text });
    video.muted = true;
    video.addEventListener("loadedmetadata", () => { video.style.aspectRatio = `${video.videoWidth} / ${video.videoHeight}`; });
    video.addEventListener("error", () => this.dispatchEvent(new Event("broken")));
    byId("pictures").append(make("figure", {}, video, make("figcaption", {}, text)));
    video.currentTime = this.middle;
    this.videos.push(video);
    if (this.videos.length > 1 && this.playing) this.play(this.until);
  }

  /** Second of the film in the middle of the current frame; at its start, rounding may show the previous one. */
  get middle() { return (this.frame + 0.5) / this.film.rate; }

  get playing() { return !this.clock.paused; }

  /** Show one frame. */
  show(frame) {
    this.until = null;
    this.frame = this.film.within(frame);
    for (const video of this.videos) video.currentTime = this.middle;
    this.update();
  }

  /** Play from the current frame to the end, or to frame `until`. */
  play(until = null) {
    if (this.frame >= this.film.frames - 1) this.show(0);
    this.until = until;
    for (const video of this.videos) {
      video.playbackRate = Number(this.speed.value);
      video.play().catch(() => this.dispatchEvent(new Event("broken")));
    }
    this.update();
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

  /** Track the current frame of the film and keep the copies in step. */
  followClock() {
    const onFrame = (_, { mediaTime }) => {
      if (this.playing) this.advance(this.film.within(Math.floor(mediaTime * this.film.rate + 0.25)));
      this.clock.requestVideoFrameCallback(onFrame);
    };
    this.clock.requestVideoFrameCallback(onFrame);
  }

  advance(frame) {
    this.frame = frame;
    for (const video of this.videos.slice(1)) {
      const ahead = (video.currentTime - this.clock.currentTime) * this.film.rate;
      if (Math.abs(ahead) > 3) video.currentTime = this.clock.currentTime;
      else video.playbackRate = this.clock.playbackRate * (ahead > 0.6 ? 0.9 : ahead < -0.6 ? 1.1 : 1);
    }
    if (this.until !== null && frame >= this.until) this.pause();
    else this.update();
  }

  update() {
    const second = this.film.timeOf(this.frame);
    this.readout.textContent = formatTime(second);
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
    const act = (name, text, key, click) =>
      make("button", { class: "quiet square", "aria-label": text, title: `${text} (${key})`, on: { click } }, icon(name));
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
      act("forward", "One frame forward", ".", () => this.step(1)),
      act("next", "Next interval", "N", go("next")),
      act("loop", "Play the selected interval", "L", go("loop")),
      make("div", { class: "where" }, this.readout, this.number),
      make("label", { for: "speed", class: "soft" }, "Speed"), this.speed);
  }
}
