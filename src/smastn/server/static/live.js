// The webcam: small pictures go to the server, the movement curve comes back.

import { colour } from "./chart.js";
import { announce, byId } from "./dom.js";
import { frame, isDark, onTheme } from "./frame.js";
import { ask } from "./server.js";
import { moment } from "./words.js";

const WIDTH = 400, QUALITY = 0.9; // of the pictures that are sent, pixels and JPEG
const SHOWN = 15; // s

let seen = { times: [], movement: [], intervals: [], blinks: [], speech: [], threshold: 5 };
let running = null;

/** A webcam that is on: pictures go out one at a time, as fast as they are answered. */
class Watching {
  constructor(stream) {
    this.stream = stream;
    this.video = byId("camera");
    this.small = byId("small");
    this.video.srcObject = stream;
    this.sent = 0;
    this.socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/live`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => this.next();
    this.socket.onmessage = ({ data }) => this.answered(JSON.parse(data));
    this.socket.onclose = () => stop();
    stream.getVideoTracks()[0].addEventListener("ended", () => stop());
  }

  /** Wait for the next frame of the camera and send it. */
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
    this.small.width = Math.min(width, WIDTH);
    this.small.height = Math.round(this.small.width * height / width);
    this.small.getContext("2d").drawImage(this.video, 0, 0, this.small.width, this.small.height);
    const picture = await new Promise((resolve) => { this.small.toBlob(resolve, "image/jpeg", QUALITY); });
    const stamp = new DataView(new ArrayBuffer(8));
    // Two frames of one time cannot be told apart: a clock may be coarser than the camera.
    this.last = Math.max(seconds, (this.last ?? -1) + 0.001);
    stamp.setFloat64(0, this.last, true);
    return new Blob([stamp.buffer, picture]);
  }

  answered(answer) {
    if (answer.ended) {
      byId("trouble").textContent = `${answer.ended.charAt(0).toUpperCase()}${answer.ended.slice(1)}.`;
      return;
    }
    byId("face").textContent = answer.face ? "followed" : "not seen";
    byId("work").textContent = `${answer.milliseconds.toFixed(0)} ms a frame`;
    if (answer.times) this.curve(answer);
    this.next();
  }

  curve(answer) {
    const before = seen.intervals.at(-1)?.[0] ?? -1;
    seen = answer;
    byId("rate").textContent = `${answer.rate.toFixed(1)} frames/s`;
    if (answer.caution) byId("caution").textContent = answer.caution;
    const now = answer.movement.at(-1);
    byId("now").textContent = now === null || now === undefined ? "–" : `${now.toFixed(1)} × noise`;
    const last = answer.intervals.at(-1);
    if (last) {
      byId("last").textContent = `${last[2]}, ${(last[1] - last[0]).toFixed(2)} s, at ${moment(last[0])}`;
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
    byId("trouble").textContent = "Browsers give the webcam only to pages of this machine or encrypted ones; open this page as http://127.0.0.1 or http://localhost, if need be through an SSH tunnel.";
    return;
  }
  try {
    await ask("/api/about"); // asks for the token where there is one
    const wanted = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 60 }, facingMode: "user" };
    const stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    running = new Watching(stream);
    await byId("camera").play();
    show(true);
  } catch (error) {
    byId("trouble").textContent = error.name === "NotAllowedError"
      ? "The browser was not allowed to use the webcam; allow it beside the address of the page."
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
  const soft = colour("--soft"), line = colour("--line"), accent = colour("--accent");
  const end = Math.max(SHOWN, seen.times.at(-1) ?? 0), highest = Math.max(2 * seen.threshold, ...seen.movement.map((value) => value ?? 0));
  const band = (from, to, fillcolor, opacity, y1, y0 = 0) => ({ type: "rect", layer: "below", yref: "paper", y0, y1, x0: from, x1: to, fillcolor, opacity, line: { width: 0 } });
  Plotly.react(byId("chart"), [{
    x: seen.times, y: seen.movement, type: "scatter", mode: "lines", fill: "tozeroy", connectgaps: false,
    line: { color: accent, width: 1.5 }, fillcolor: isDark() ? "rgba(127,184,224,0.16)" : "rgba(31,95,139,0.13)", hovertemplate: "%{x:.2f} s<br>%{y:.1f} × noise<extra></extra>",
  }], {
    margin: { l: 56, r: 14, t: 8, b: 26 }, height: 220, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false, hovermode: "x", dragmode: false,
    font: { family: getComputedStyle(document.body).fontFamily, size: 11.5, color: soft },
    hoverlabel: { bgcolor: colour("--raised"), bordercolor: colour("--edge"), font: { color: colour("--ink") } },
    xaxis: { range: [end - SHOWN, end], gridcolor: line, zeroline: false, ticksuffix: " s", fixedrange: true },
    yaxis: { range: [0, 1.1 * highest], gridcolor: line, zeroline: false, fixedrange: true, nticks: 5, title: { text: "times noise", standoff: 8 } },
    shapes: [
      ...seen.intervals.map(([from, to]) => band(from, to, accent, 0.24, 1)),
      ...seen.blinks.map(([from, to]) => band(from, to, colour("--edge"), 0.7, 0.04)),
      ...seen.speech.map(([from, to]) => band(from, to, accent, 0.7, 0.09, 0.05)),
      { type: "line", xref: "paper", x0: 0, x1: 1, y0: seen.threshold, y1: seen.threshold, line: { color: soft, width: 1, dash: "dot" } },
    ],
    annotations: [{ xref: "paper", x: 1, xanchor: "right", y: seen.threshold, yanchor: "bottom", text: `threshold ${seen.threshold}`, showarrow: false, font: { size: 10.5, color: soft } }],
  }, { displayModeBar: false, responsive: true, showTips: false });
}

byId("switch").addEventListener("click", () => { if (running) stop(); else start(); });
addEventListener("pagehide", () => running?.end());
frame();
onTheme(draw);
