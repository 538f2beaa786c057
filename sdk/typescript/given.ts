import { misgiven } from "./errors.ts";
import { Markup } from "./html.ts";
import { Reply } from "./reply.ts";
import type { Fragment } from "./wire.ts";

// What a block's functions give, looked at before it travels: types are dropped when a block is built, and who writes
// JavaScript has none.

/** What a function gave at once. Nothing in the sandbox waits, so that a promise would never come to anything. */
export function now<T>(what: string, value: T): T {
  if (value instanceof Promise) throw misgiven(`${what} gives a promise: calls are answered at once, so take async and await out`);
  return value;
}

/** What a function gave that has to give an object. */
export function object<T>(what: string, value: T): T & object {
  now(what, value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw misgiven(`${what} gives ${seen(value)}, which is no object`);
  return value;
}

/** What a function gave that has to give a list. */
export function list<T>(what: string, value: T[]): T[] {
  now(what, value);
  if (!Array.isArray(value)) throw misgiven(`${what} gives ${seen(value)}, which is no list`);
  return value;
}

/** The reply of a handler, mount or task, or nothing. */
export function replied(what: string, value: Reply | void): Reply | undefined {
  now(what, value);
  if (value === undefined || value === null) return undefined;
  if (!(value instanceof Reply)) throw misgiven(`${what} gives ${seen(value)}: it gives nothing, or what ok() and json() begin`);
  return value;
}

/** Every member that a view may give; the type says that none is missing. */
const members: Record<keyof Fragment, true> = {
  html: true, styles: true, scripts: true, element: true, init: true, bundle: true, entry: true, height: true, marking: true,
};

type Shown = Omit<Fragment, "html" | "init"> & { html?: Markup; init?: unknown };

/** A view's markup, alone or with what stands around it. */
export function shown(what: string, value: Markup | Shown): Shown {
  const whole: Shown = object(what, value) instanceof Markup ? { html: value as Markup } : (value as Shown);
  for (const name of Object.keys(whole)) {
    if (!Object.hasOwn(members, name)) throw misgiven(`${what} gives the member "${name}": a view gives ${Object.keys(members).join(", ")}`);
  }
  if (whole.html !== undefined && !(whole.html instanceof Markup)) throw misgiven(`${what} gives html that the tag html did not make`);
  return whole;
}

function seen(value: unknown): string {
  if (typeof value === "function") return "a function";
  return String(JSON.stringify(value)).slice(0, 100);
}
