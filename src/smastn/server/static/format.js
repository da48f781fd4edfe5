// Numbers with their units, as text.

/** Seconds as "3.900 s", or from one minute on as "2:03.900". */
export function formatTime(seconds) {
  if (seconds < 60) return `${seconds.toFixed(3)} s`;
  const whole = Math.floor(seconds / 60);
  return `${whole}:${(seconds - 60 * whole).toFixed(3).padStart(6, "0")}`;
}

/** A rounded duration: "12 s", "4 min". */
export function formatDuration(seconds) {
  if (seconds < 90) return `${Math.max(1, Math.ceil(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** "1 film", "3 films". */
export const plural = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** Bytes as "12 MiB", "2 GiB". */
export function formatBytes(number) {
  const [size, unit] = number >= 2 ** 30 ? [number / 2 ** 30, "GiB"] : [number / 2 ** 20, "MiB"];
  return `${size >= 10 || Number.isInteger(size) ? Math.round(size) : size.toFixed(1)} ${unit}`;
}

/** Length, rate and size of a film in one line. */
export function filmFacts(film) {
  const facts = [];
  if (film.seconds) facts.push(film.seconds < 60 ? `${film.seconds.toFixed(1)} s` : formatTime(film.seconds).split(".")[0] + " min");
  if (film.frames) facts.push(`${film.frames} frames`);
  if (film.rate) facts.push(`${Number(film.rate.toFixed(2))} frames/s`);
  if (film.width) facts.push(`${film.width} × ${film.height} px`);
  return facts.join(" · ");
}

/** A time of day, with the date if it is not today. */
export function timeOfDay(seconds) {
  const then = new Date(1000 * seconds), today = new Date().toDateString() === then.toDateString();
  const time = then.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return today ? time : `${then.toLocaleDateString([], { day: "numeric", month: "short" })}, ${time}`;
}
