import { json, ok, Refusal, refuse, type Call, type HTTP, type Reply } from "@quoin/sdk";
import type { Access, Fields, Json, Verdict } from "@quoin/sdk";
import { known, type Result, type Results } from "./shared.ts";

/** One call of a row's check. A step that says nothing goes on with the next one. */
export type Step<F> = (t: Trial<F>) => void;

/** What the page's script sends to run one step. */
export interface Asked {
  row: string;
  step: number;
  said: string;
  late: boolean;
  language: string;
  seen: { places: string[]; posts: number };
}

/** What a step works with beside its fields. */
export interface Given {
  public: Record<string, unknown>;
  settings?: Fields;
  newest?: Verdict;
  counted?: Verdict;
  access?: Access;
}

export const codeOf = (error: unknown): string => (error instanceof Refusal ? error.code : "");
const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The code that something is refused with, "" when it is not. */
export function refusal(what: () => unknown): string {
  try {
    what();
    return "";
  } catch (error) {
    return codeOf(error) || wordsOf(error);
  }
}

/** One step being run. */
export class Trial<F> {
  readonly reply: Reply = ok();
  state = "";
  note = "";
  next: { handler?: string; times?: number; press?: string } = {};
  memo: unknown;
  again = false;
  also: Results = {};

  constructor(readonly call: Call, readonly asked: Asked, readonly fields: F, readonly results: Results, readonly given: Given) {}

  says(state: string, note = ""): void {
    this.state = state;
    this.note = note.slice(0, 500);
  }

  green(): void {
    this.says("green");
  }

  red(note: string): void {
    this.says("red", note);
  }

  /** Green when it holds. */
  holds(holds: boolean, note: unknown): void {
    if (holds) this.green();
    else this.red(typeof note === "string" ? note : JSON.stringify(note));
  }

  keep(value: unknown): void {
    this.memo = value;
  }

  kept<T>(): T {
    return this.results[this.asked.row]?.memo as T;
  }

  /** Asks for the same step again, until the page has no more patience. */
  wait(note: string): void {
    if (this.asked.late) this.red(note);
    else this.again = true;
  }

  get me(): string {
    return this.call.context.subject ?? "";
  }

  /** A key of the learner's own among everybody's counters. */
  get mine(): string {
    return `${this.asked.row} ${this.me}`;
  }

  run(steps: Step<F>[] | undefined): Reply {
    const { row, step } = this.asked;
    const one = steps?.[step];
    if (!one || !steps) throw refuse(`row ${JSON.stringify(row)} has no step ${step}`);
    try {
      one(this);
    } catch (error) {
      // What a service answers is the row's business; what a step throws on purpose is the host's.
      if (!(error instanceof Refusal) || error.code === "bad_request") throw error;
      this.says(error.code === "unavailable" ? "none" : "red", error.message);
    }
    if (this.state === "" && this.again) return this.reply.json({ step, again: true });
    const last = step + 1 === steps.length;
    if (this.state === "" && last) this.red("the last step said nothing");
    const memo = this.memo ?? this.results[row]?.memo;
    const press = this.next.press ? { press: true } : {};
    this.results[row] = this.state ? { state: this.state, note: this.note, memo } : { state: "running", step: step + 1, memo, ...press };
    Object.assign(this.results, this.also);
    const answer = this.state ? { state: this.state, note: this.note, step } : { step: step + 1, ...this.next };
    return this.reply.json(answer as Json);
  }
}

/** Reads a body of JSON. */
export function bodyOf(request: HTTP): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(String(request.body ?? ""));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // What is no JSON is refused below.
  }
  throw refuse("a row and a step are needed");
}

export function askedOf(request: HTTP): Asked {
  const body = bodyOf(request);
  const seen = (body["seen"] ?? {}) as { places?: unknown; posts?: unknown };
  return {
    row: String(body["row"] ?? ""), step: Number(body["step"] ?? 0), said: String(body["said"] ?? ""), late: body["late"] === true,
    language: String(body["language"] ?? ""), seen: { places: Array.isArray(seen.places) ? seen.places.map(String) : [], posts: Number(seen.posts ?? 0) },
  };
}

/** Stores what the page's script found of a row that it checks itself. */
export function takeNote(results: Results, page: string, request: HTTP): Reply {
  const { row, state, note = "" } = bodyOf(request);
  if (!known(page, row)) throw refuse("no such row");
  if (!["green", "red", "none", "waits"].includes(String(state))) throw refuse("no such state");
  results[String(row)] = { state: String(state), note: String(note).slice(0, 500) } satisfies Result;
  return ok();
}

export { json };
