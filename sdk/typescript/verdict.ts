import type { Json, Part, Verdict } from "./wire.ts";

type More = { parts?: Part[]; feedback?: string; message?: string; data?: Json };

/** So many points of those possible. What is no number is an error here: on its way to the host it would become nothing. */
export function scored(earned: number, possible: number, more: More = {}): Verdict {
  counts("earned", earned);
  counts("possible", possible);
  for (const part of more.parts ?? []) {
    counts(`earned of part "${part.id}"`, part.earned);
    counts(`possible of part "${part.id}"`, part.possible);
  }
  return { outcome: "scored", earned, possible, ...more };
}

function counts(what: string, points: unknown): void {
  if (!Number.isFinite(points)) throw new TypeError(`scored: ${what} is ${String(points)}, which is no finite number`);
}

/** Not gradable: the try is given back and the message shown. */
export const invalid = (message: string): Verdict => ({ outcome: "invalid", earned: 0, possible: 0, message });

/** Somebody or something else grades; until is when that is due, in milliseconds since 1970. */
export const pending = (message: string, until = 0): Verdict => ({ outcome: "pending", earned: 0, possible: 0, message, until });
