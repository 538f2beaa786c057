// Counts a learner's own time down. The server says how much is left; its clock decides, this one only shows it.

import { announce, words } from "./announce";

/** said are the seconds left at which screen readers are told. */
const said = [3600, 1800, 600, 300, 60, 10];

function spoken(seconds: number): string {
  const minutes = seconds >= 60;
  const format = new Intl.NumberFormat(document.documentElement.lang || undefined, {
    style: "unit",
    unit: minutes ? "minute" : "second",
    unitDisplay: "long",
  });
  return `${words("timer_left")} ${format.format(minutes ? Math.round(seconds / 60) : seconds)}`;
}

function clock(seconds: number): string {
  const pad = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** countDown runs the clock of the page, if there is one, and loads the page again when it is over. */
export function countDown(): void {
  const timer = document.querySelector<HTMLElement>("[data-seconds-left]");
  const shown = timer?.querySelector<HTMLElement>("[data-clock]");
  if (!timer || !shown) return;
  const ends = performance.now() + 1000 * Number(timer.dataset.secondsLeft);
  let before = Infinity;
  const tick = (): void => {
    const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
    shown.textContent = clock(left);
    timer.classList.toggle("soon", left <= 300);
    const due = said.find((at) => left <= at && at < before);
    if (due !== undefined && left > 0 && before !== Infinity) announce(spoken(left));
    before = left;
    if (left > 0) return;
    window.clearInterval(running);
    announce(words("timer_over"));
    window.setTimeout(() => window.location.reload(), 1500);
  };
  const running = window.setInterval(tick, 1000);
  tick();
}
