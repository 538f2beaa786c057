import type { Json, Part, Verdict } from "./wire.ts";

type More = { parts?: Part[]; feedback?: string; message?: string; data?: Json };

/** So many points of those possible. */
export const scored = (earned: number, possible: number, more: More = {}): Verdict => ({ outcome: "scored", earned, possible, ...more });

/** Not gradable: the try is given back and the message shown. */
export const invalid = (message: string): Verdict => ({ outcome: "invalid", earned: 0, possible: 0, message });

/** Somebody or something else grades; until is when that is due, in milliseconds since 1970. */
export const pending = (message: string, until = 0): Verdict => ({ outcome: "pending", earned: 0, possible: 0, message, until });
