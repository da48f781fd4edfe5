// The movement curve over time, drawn by Plotly.

import { isDark, onTheme } from "./page.js";
import { formatTime } from "./format.js";

/** Left and right margins of chart and lanes, pixels. */
export const LEFT = 118, RIGHT = 14;

/**
 * Draw and keep up to date.
 * @param {HTMLElement} place
 * @param {object} viewer film, span, curves, coding, selection, seek(frame), colourOf(interval), analysis
 */
export function drawChart(place, viewer) {
  const draw = () => Plotly.react(place, [trace(viewer), units(viewer), notTaken(viewer)], layout(place, viewer), {
    displayModeBar: false, scrollZoom: true, responsive: true, doubleClick: false, showTips: false,
  });
  onTheme(draw);
  for (const source of [viewer.curves, viewer.coding, viewer.span, viewer.selection]) source.addEventListener("change", draw);
  place.on("plotly_click", ({ points }) => viewer.seek(points[0].customdata[0]));
  place.on("plotly_doubleclick", () => viewer.span.all());
  place.on("plotly_relayout", (change) => {
    const start = change["xaxis.range[0]"], end = change["xaxis.range[1]"];
    if (start !== undefined) viewer.span.show(start, end);
  });
}

function trace({ curves, film }) {
  const { frames, seconds, movement } = curves.current;
  return {
    ...baseTrace(seconds, movement), customdata: frames.map((frame) => [frame, formatTime(film.timeOf(frame))]),
    hovertemplate: "%{customdata[1]} · frame %{customdata[0]}<br>%{y:.1f} × noise<extra></extra>",
  };
}

/** The action unit that departs most from neutral, on the same scale. */
function units({ curves }) {
  const { seconds, units } = curves.current;
  return {
    x: seconds, y: units, type: "scatter", mode: "lines", connectgaps: false, line: { color: colour("--soft"), width: 1 },
    hovertemplate: "action unit: %{y:.1f}<extra></extra>",
  };
}

/** Peaks that are in no interval; the reason shows on hover. */
function notTaken({ analysis, film }) {
  const peaks = analysis.not_taken ?? [];
  return {
    x: peaks.map((one) => film.timeOf(one.frame)), y: peaks.map((one) => one.strength_times_noise),
    customdata: peaks.map((one) => [one.frame, one.reason.replaceAll("; ", "<br>")]),
    type: "scatter", mode: "markers", marker: { symbol: "x-thin", size: 6, line: { width: 1.3, color: colour("--soft") } },
    hovertemplate: "not taken: %{customdata[1]}<extra></extra>",
  };
}

function layout(place, viewer) {
  const { span, curves, analysis } = viewer;
  const line = colour("--line");
  const strengths = (analysis.not_taken ?? []).map((one) => one.strength_times_noise);
  const highest = [...curves.whole.movement, ...curves.whole.units, ...strengths].reduce((most, value) => Math.max(most, value ?? 0), 0);
  const threshold = Number(analysis.threshold_times_noise.toFixed(1));
  return {
    ...baseLayout(place, 1.12 * Math.max(highest, 1.6 * threshold), threshold, [...bands(viewer), ...excluded(viewer)]),
    margin: { l: LEFT, r: RIGHT, t: 6, b: 22 }, dragmode: "pan",
    xaxis: { range: [span.start, span.end], gridcolor: line, zeroline: false, ticksuffix: " s", nticks: 12, ticklen: 3, tickcolor: line },
  };
}

/** Layout that all movement charts share: colours, vertical axis, threshold. */
export function baseLayout(place, top, threshold, shapes) {
  const soft = colour("--soft");
  return {
    height: place.clientHeight, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false, hovermode: "x",
    font: { family: getComputedStyle(document.body).fontFamily, size: 11.5, color: soft },
    hoverlabel: { bgcolor: colour("--raised"), bordercolor: colour("--edge"), font: { color: colour("--ink"), size: 12 } },
    yaxis: { range: [0, top], fixedrange: true, gridcolor: colour("--line"), zeroline: false, nticks: 4, title: { text: "× noise", standoff: 8 } },
    shapes: [...shapes, { type: "line", xref: "paper", x0: 0, x1: 1, y0: threshold, y1: threshold, line: { color: soft, width: 1, dash: "dot" } }],
    annotations: [{ xref: "paper", x: 1, xanchor: "right", y: threshold, yanchor: "bottom", text: `threshold ${threshold}`, showarrow: false, font: { size: 10.5, color: soft } }],
  };
}

/** Filled curve of all movement charts; Plotly draws gaps where `y` is null. */
export function baseTrace(x, y) {
  return {
    x, y, type: "scatter", mode: "lines", fill: "tozeroy", connectgaps: false,
    line: { color: colour("--accent"), width: 1.4 }, fillcolor: isDark() ? "rgba(127,184,224,0.16)" : "rgba(31,95,139,0.13)",
  };
}

function bands({ film, coding, selection, colourOf, span }) {
  return coding.intervals
    .filter((one) => film.timeOf(one.onset) < span.end && film.timeOf(one.offset + 1) > span.start)
    .map((one) => ({
      type: "rect", layer: "below", yref: "paper", y0: 0, y1: 1, x0: film.timeOf(one.onset), x1: film.timeOf(one.offset + 1),
      fillcolor: colourOf(one), opacity: one.id === selection.id ? 0.34 : 0.17, line: { width: 0 },
    }));
}

/** Spans that are not analysed: blinks, and what cannot be coded; low where only the mouth cannot. */
function excluded({ film, analysis }) {
  const stretches = [
    ...(analysis.blinks_frames ?? []).map((one) => [one, 0.05]),
    ...(analysis.uncodable_frames ?? []).map((one) => [one, one[2] === "mouth covered" ? 0.3 : 1]),
  ];
  return stretches.map(([[first, last], height]) => ({
    type: "rect", yref: "paper", y0: 0, y1: height, x0: film.timeOf(first), x1: film.timeOf(last + 1),
    fillcolor: colour("--edge"), opacity: height > 0.05 ? 0.18 : 0.7, line: { width: 0 },
  }));
}

/** The current value of a CSS colour variable. */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
