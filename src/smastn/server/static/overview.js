// The whole film in one strip with the visible span; it can be dragged or moved by arrow keys.

import { colour } from "./chart.js";
import { byId } from "./dom.js";
import { onTheme } from "./page.js";
import { formatTime } from "./format.js";

/** Draw and keep up to date; see `drawChart` for `viewer`. */
export function drawOverview(viewer) {
  const { span, curves, coding, film } = viewer, canvas = byId("overview");
  const draw = () => {
    paint(canvas, viewer);
    canvas.setAttribute("aria-valuemin", "0");
    canvas.setAttribute("aria-valuemax", span.whole.toFixed(1));
    canvas.setAttribute("aria-valuenow", span.start.toFixed(1));
    canvas.setAttribute("aria-valuetext", `${formatTime(span.start)} to ${formatTime(span.end)} of ${formatTime(film.seconds)}`);
  };
  for (const source of [span, curves, coding]) source.addEventListener("change", draw);
  new ResizeObserver(draw).observe(canvas);
  onTheme(draw);
  const to = (event) => {
    const box = canvas.getBoundingClientRect(), middle = span.whole * (event.clientX - box.left) / box.width;
    span.show(middle - span.length / 2, middle + span.length / 2);
  };
  canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); to(event); canvas.onpointermove = to; });
  canvas.addEventListener("pointerup", () => { canvas.onpointermove = null; });
  canvas.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -0.1, ArrowDown: -0.1, ArrowRight: 0.1, ArrowUp: 0.1, PageDown: -0.9, PageUp: 0.9, Home: -Infinity, End: Infinity }[event.key];
    if (steps === undefined) return;
    event.preventDefault();
    if (Number.isFinite(steps)) span.move(steps * span.length);
    else if (steps < 0) span.show(0, span.length);
    else span.show(span.whole - span.length, span.whole);
  });
}

function paint(canvas, { span, curves, coding, film, colourOf }) {
  const scale = devicePixelRatio, width = canvas.clientWidth, height = canvas.clientHeight;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  const x = (second) => width * second / span.whole;
  for (const one of coding.intervals) {
    context.fillStyle = colourOf(one);
    context.fillRect(x(film.timeOf(one.onset)), 0, Math.max(2, x(film.timeOf(one.offset + 1)) - x(film.timeOf(one.onset))), height);
  }
  const { seconds = [], movement } = curves.whole;
  const highest = movement.reduce((most, value) => Math.max(most, value ?? 0), 1);
  context.strokeStyle = colour("--soft");
  context.beginPath();
  movement.forEach((value, place) => context.lineTo(x(seconds[place]), height - 2 - (value ?? 0) / highest * (height - 4)));
  context.stroke();
  context.fillStyle = colour("--paper");
  context.globalAlpha = 0.66;
  context.fillRect(0, 0, x(span.start), height);
  context.fillRect(x(span.end), 0, width, height);
  context.globalAlpha = 1;
  context.strokeStyle = colour("--accent");
  context.lineWidth = 2;
  context.strokeRect(x(span.start) + 1, 1, Math.max(4, x(span.end) - x(span.start) - 2), height - 2);
}
