import { blobs, type Blob, type Json } from "./wire.ts";

// A frame crosses the boundary as text: a line of lengths, one for each segment, in UTF-16 units, a b behind those that are
// base64 because they are no text; then the segments one behind the other. Segment 0 is the envelope, 1 the body, the others
// are blobs, which the body names by their numbers.

const firstBlob = 2;

/** Takes a frame apart. */
export function split(frame: string): Blob[] {
  const end = frame.indexOf("\n");
  let at = end + 1;
  return frame.slice(0, end).split(" ").map((word) => {
    const segment = frame.slice(at, (at += parseInt(word, 10)));
    return word.endsWith("b") ? fromBase64(segment) : segment;
  });
}

/** Lays segments into a frame. */
export function join(segments: Blob[]): string {
  const lengths: string[] = [];
  let text = "";
  for (const segment of segments) {
    const part = typeof segment === "string" ? segment.toWellFormed() : toBase64(segment);
    lengths.push(part.length + (typeof segment === "string" ? "" : "b"));
    text += part;
  }
  return lengths.join(" ") + "\n" + text;
}

/** Reads a body and hands it its blobs. */
export function decode<T>(segments: Blob[], type: string): T {
  const body = segments[1] ? JSON.parse(String(segments[1])) : {};
  for (const path of blobs[type] ?? []) {
    each(body, path.split("."), (holder, name) => {
      const at = holder[name];
      if (typeof at === "number") holder[name] = at >= firstBlob ? segments[at]! : "";
    });
  }
  return body as T;
}

/** Lays an envelope, a body and the body's blobs into a frame. The body's lists and objects on the way to blobs are changed. */
export function encode(envelope: object, body: unknown, type: string): string {
  const segments: Blob[] = [JSON.stringify(envelope), ""];
  for (const path of blobs[type] ?? []) {
    each(body, path.split("."), (holder, name) => {
      const blob = holder[name] as Blob | undefined;
      if (blob === undefined) return;
      holder[name] = blob.length > 0 ? segments.push(blob) - 1 : 0;
    });
  }
  if (body !== undefined) segments[1] = JSON.stringify(body);
  return join(segments);
}

type Holder = Record<string, Json | Blob | undefined>;

/** Calls back for every place that a path leads to: members divided by dots, [] behind a list. */
function each(from: unknown, path: string[], found: (holder: Holder, name: string) => void): void {
  if (typeof from !== "object" || from === null) return;
  const [first, ...rest] = path as [string, ...string[]];
  const name = first.replace("[]", "");
  if (rest.length === 0) return found(from as Holder, name);
  const next = (from as Record<string, unknown>)[name];
  for (const one of Array.isArray(next) ? next : [next]) each(one, rest, found);
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let n = 0; n < bytes.length; n += 3) {
    const [a, b, c] = [bytes[n]!, bytes[n + 1], bytes[n + 2]];
    text += alphabet[a >> 2]! + alphabet[((a & 3) << 4) | ((b ?? 0) >> 4)]!;
    text += b === undefined ? "=" : alphabet[((b & 15) << 2) | ((c ?? 0) >> 6)]!;
    text += c === undefined ? "=" : alphabet[c & 63]!;
  }
  return text;
}

function fromBase64(text: string): Uint8Array {
  const clean = text.replace(/=+$/, "");
  const bytes = new Uint8Array((clean.length * 3) >> 2);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const c of clean) {
    bits = (bits << 6) | alphabet.indexOf(c);
    held += 6;
    if (held >= 8) bytes[at++] = (bits >> (held -= 8)) & 255;
  }
  return bytes;
}
