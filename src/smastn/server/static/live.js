// The webcam page: sends small images to the server and draws the movement curve.

import { baseLayout, baseTrace, colour } from "./chart.js";
import { announce, byId } from "./dom.js";
import { onTheme, setUpPage } from "./page.js";
import { request } from "./api.js";
import { formatTime } from "./format.js";

const WIDTH = 400, QUALITY = 0.9; // of the images that are sent: pixels, JPEG quality
const SHOWN = 15; // s

let latest = { times: [], movement: [], intervals: [], blinks: [], speech: [], uncodable: [], threshold: 5 };
let running = null;

/** A webcam in use; the next image is sent when the last one has been answered. */
class WebcamSession {
  constructor(stream) {
    this.stream = stream;
    this.video = byId("camera");
    this.scaled = byId("scaled");
    this.video.srcObject = stream;
    this.sent = 0;
    this.socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/live`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => this.next();
    this.socket.onmessage = ({ data }) => this.handleAnswer(JSON.parse(data));
    this.socket.onclose = () => stop();
    stream.getVideoTracks()[0].addEventListener("ended", () => stop());
  }

  /** Wait for the next frame of the webcam and send it. */
  next() {
    this.video.requestVideoFrameCallback(async (now, { captureTime }) => {
      if (this.socket.readyState !== WebSocket.OPEN) return;
      const seconds = (captureTime ?? now) / 1000;
      this.began ??= seconds;
      this.socket.send(await this.message(seconds - this.began));
    });
  }

  async message(seconds) {
    const { videoWidth: width, videoHeight: height } = this.video;
    this.scaled.width = Math.min(width, WIDTH);
    this.scaled.height = Math.round(this.scaled.width * height / width);
    this.scaled.getContext("2d").drawImage(this.video, 0, 0, this.scaled.width, this.scaled.height);
    const image = await new Promise((resolve) => { this.scaled.toBlob(resolve, "image/jpeg", QUALITY); });
    const stamp = new DataView(new ArrayBuffer(8));
    // Times must increase, but the clock may be coarser than the frame rate.
    this.last = Math.max(seconds, (this.last ?? -1) + 0.001);
    stamp.setFloat64(0, this.last, true);
    return new Blob([stamp.buffer, image]);
  }

  handleAnswer(answer) {
    if (answer.ended) {
      byId("trouble").textContent = `${answer.ended.charAt(0).toUpperCase()}${answer.ended.slice(1)}.`;
      return;
    }
    byId("face").textContent = answer.face ? "tracked" : "not found";
    byId("work").textContent = `${answer.milliseconds.toFixed(0)} ms per frame`;
    if (answer.times) this.curve(answer);
    this.next();
  }

  curve(answer) {
    const before = latest.intervals.at(-1)?.[0] ?? -1;
    latest = answer;
    byId("rate").textContent = `${answer.rate.toFixed(1)} frames/s`;
    if (answer.caution) byId("caution").textContent = answer.caution;
    const now = answer.movement.at(-1);
    byId("now").textContent = now === null || now === undefined ? "–" : `${now.toFixed(1)} × noise`;
    const hidden = answer.uncodable.filter(([, to]) => to >= answer.times.at(-1));
    byId("uncodable").textContent = hidden.map(([, , why]) => why).join(", ") || "no";
    const last = answer.intervals.at(-1);
    if (last) {
      byId("last").textContent = `${last[2]}, ${(last[1] - last[0]).toFixed(2)} s, at ${formatTime(last[0])}`;
      if (last[0] > before + 0.5) announce(`Movement: ${last[2]}`);
    }
    draw();
  }

  end() {
    for (const track of this.stream.getTracks()) track.stop();
    this.socket.onclose = null;
    this.socket.close();
    this.video.srcObject = null;
  }
}

async function start() {
  byId("trouble").textContent = "";
  if (!navigator.mediaDevices) {
    byId("trouble").textContent = "Browsers allow the webcam only on encrypted pages or pages of this machine; open this page as http://127.0.0.1 or http://localhost, through an SSH tunnel if necessary.";
    return;
  }
  try {
    await request("/api/info"); // asks the user for the token if one is required
    const wanted = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 60 }, facingMode: "user" };
    const stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    running = new WebcamSession(stream);
    await byId("camera").play();
    show(true);
  } catch (error) {
    byId("trouble").textContent = error.name === "NotAllowedError"
      ? "The browser has no permission to use the webcam; give it next to the address of the page."
      : error.name === "NotFoundError" ? "No webcam was found." : error.message;
  }
}

function stop() {
  running?.end();
  running = null;
  show(false);
}

function show(on) {
  byId("switch").textContent = on ? "Stop the webcam" : "Start the webcam";
  byId("switch").classList.toggle("primary", !on);
  byId("off").hidden = on;
  announce(on ? "The webcam is on" : "The webcam is off");
}

function draw() {
  const { times, movement, threshold, intervals, blinks, speech, uncodable } = latest, place = byId("chart"), accent = colour("--accent");
  const end = Math.max(SHOWN, times.at(-1) ?? 0), highest = Math.max(2 * threshold, ...movement.map((value) => value ?? 0));
  const band = (from, to, fillcolor, opacity, y1, y0 = 0) => ({ type: "rect", layer: "below", yref: "paper", y0, y1, x0: from, x1: to, fillcolor, opacity, line: { width: 0 } });
  const shapes = [
    ...intervals.map(([from, to]) => band(from, to, accent, 0.24, 1)),
    ...uncodable.map(([from, to]) => band(from, to, colour("--edge"), 0.25, 1)),
    ...blinks.map(([from, to]) => band(from, to, colour("--edge"), 0.7, 0.04)),
    ...speech.map(([from, to]) => band(from, to, accent, 0.7, 0.09, 0.05)),
  ];
  Plotly.react(place, [{ ...baseTrace(times, movement), hovertemplate: "%{x:.2f} s<br>%{y:.1f} × noise<extra></extra>" }], {
    ...baseLayout(place, 1.1 * highest, threshold, shapes), margin: { l: 56, r: 14, t: 8, b: 26 }, dragmode: false,
    xaxis: { range: [end - SHOWN, end], gridcolor: colour("--line"), zeroline: false, ticksuffix: " s", fixedrange: true },
  }, { displayModeBar: false, responsive: true, showTips: false });
}

byId("switch").addEventListener("click", () => { if (running) stop(); else start(); });
addEventListener("pagehide", () => running?.end());
setUpPage();
onTheme(draw);
