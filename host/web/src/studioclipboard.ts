// The one clipboard of Studio: what was copied in an outline or in a unit, of this course or of another one. It says what it holds and
// where that may stand.

import { words } from "./announce";
import { toast } from "./studiosend";

/** Held is what was copied: level 1 are sections, 2 subsections, 3 units, 4 components. */
export type Held = { level: number; usages: string[]; name: string };

const place = "quoin.studio.clipboard";
export const component = 4;

export function held(): Held | null {
  try {
    const one = JSON.parse(localStorage.getItem(place) ?? "null") as Partial<Held> | null;
    const good = one && typeof one.level === "number" && typeof one.name === "string" && Array.isArray(one.usages) && one.usages.length > 0;
    return good ? { level: one.level!, usages: one.usages!.map(String), name: one.name! } : null;
  } catch {
    return null;
  }
}

/** hold copies. Every page of Studio that is open hears of it. */
export function hold(one: Held): void {
  localStorage.setItem(place, JSON.stringify(one));
  window.dispatchEvent(new Event("quoin-copied"));
  toast(words("copied").replace("{0}", named(one)));
}

/** named is what is held, in words. */
export function named(one: Held): string {
  const more = one.usages.length - 1;
  return more > 0 ? words("copied_more").replace("{0}", one.name).replace("{1}", String(more)) : one.name;
}

/** onHeld calls when another thing is held, now and later. */
export function onHeld(show: () => void): void {
  window.addEventListener("quoin-copied", show);
  window.addEventListener("storage", show);
  show();
}

/** offer writes on a button what it would paste; elsewhere says where that goes instead, "" where it may stand here. */
export function offer(button: HTMLButtonElement, elsewhere: (one: Held) => string): void {
  const one = held();
  const not = one ? elsewhere(one) : "";
  button.disabled = one === null || not !== "";
  button.textContent = one && !not ? `${words("paste_named")}: ${named(one)}` : words("paste_named");
  button.title = not;
}
