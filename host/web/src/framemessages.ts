// What a frame may say through its port, and how much of it. Whatever is not exactly of these shapes is dropped.

export type FromFrame =
  | { kind: "height"; height: number }
  | { kind: "form"; handler: string; fields: [string, string | File][] }
  | { kind: "stop" }
  | { kind: "go"; href: string }
  | { kind: "live"; topic: string }
  | { kind: "call" | "send"; id: number; handler: string; body: unknown }
  | FromEditor;

/** FromEditor is what an author's editor may say besides. */
export type FromEditor =
  | { kind: "edit"; fields: Record<string, unknown> }
  | { kind: "editor"; state: "ready" | "failed" }
  | { kind: "finished"; id: number }
  | { kind: "leave" };

const handlerName = /^[A-Za-z0-9@][A-Za-z0-9_.@-]{0,99}$/;
// "verdict", or what the block publishes: the same form as the contract's.
const topicName = /^[^\s\p{C}]{1,100}$/u;
const mostFields = 1000;
const longestName = 200; // characters
const largestForm = 8 << 20; // bytes, more than the site takes
const largestEdit = 4 << 20; // characters of JSON
const mostEdited = 200;
const fieldName = /^[a-z][a-z0-9_]{0,99}$/;
const largestBody = 1 << 20; // characters of JSON: what a handler takes

/** read takes a message apart; null is what no frame has to say. */
export function read(message: unknown): FromFrame | null {
  if (typeof message !== "object" || message === null || !("kind" in message)) return null;
  const m = message as Record<string, unknown>;
  switch (m.kind) {
    case "height":
      return typeof m.height === "number" && Number.isFinite(m.height) ? { kind: "height", height: m.height } : null;
    case "go":
      return typeof m.href === "string" && m.href.length <= 2000 ? { kind: "go", href: m.href } : null;
    case "stop":
      return { kind: "stop" };
    case "live":
      return typeof m.topic === "string" && topicName.test(m.topic) ? { kind: "live", topic: m.topic } : null;
    case "form":
      return readForm(m);
    case "call":
    case "send":
      if (!Number.isSafeInteger(m.id) || typeof m.handler !== "string" || !handlerName.test(m.handler)) return null;
      return fits(m.body) ? { kind: m.kind, id: m.id as number, handler: m.handler, body: m.body } : null;
    case "edit":
      // An edit that cannot be taken is no edit that may be forgotten: the page tells its author.
      return readEdit(m.fields) ?? { kind: "editor", state: "failed" };
    case "editor":
      return m.state === "ready" || m.state === "failed" ? { kind: "editor", state: m.state } : null;
    case "finished":
      return Number.isSafeInteger(m.id) ? { kind: "finished", id: m.id as number } : null;
    case "leave":
      return { kind: "leave" };
  }
  return null;
}

function readForm(m: Record<string, unknown>): FromFrame | null {
  if (typeof m.handler !== "string" || (m.handler !== "" && !handlerName.test(m.handler))) return null;
  if (!Array.isArray(m.fields) || m.fields.length > mostFields) return null;
  const fields: [string, string | File][] = [];
  let size = 0;
  for (const field of m.fields as unknown[]) {
    if (!Array.isArray(field) || field.length !== 2) return null;
    const [name, value] = field as [unknown, unknown];
    if (typeof name !== "string" || name.length > longestName || (typeof value !== "string" && !(value instanceof File))) return null;
    size += typeof value === "string" ? value.length : value.size;
    fields.push([name, value]);
  }
  return size <= largestForm ? { kind: "form", handler: m.handler, fields } : null;
}

function readEdit(fields: unknown): FromEditor | null {
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) return null;
  const names = Object.keys(fields);
  if (names.length > mostEdited || !names.every((name) => fieldName.test(name)) || !fits(fields, largestEdit)) return null;
  return { kind: "edit", fields: JSON.parse(JSON.stringify(fields)) as Record<string, unknown> };
}

/** fits reports whether a body is JSON that a handler takes. */
function fits(body: unknown, largest = largestBody): boolean {
  try {
    return (JSON.stringify(body ?? null) ?? "").length <= largest;
  } catch {
    return false; // a circle, or a number that JSON does not know
  }
}

/** Rate lets so many messages through at once, and so many a second after that. */
export class Rate {
  private left: number;
  private at = performance.now();

  constructor(
    private readonly burst: number,
    private readonly perSecond: number,
  ) {
    this.left = burst;
  }

  take(): boolean {
    const now = performance.now();
    this.left = Math.min(this.burst, this.left + ((now - this.at) / 1000) * this.perSecond);
    this.at = now;
    if (this.left < 1) return false;
    this.left--;
    return true;
  }
}
