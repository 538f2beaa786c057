// What the workbench's page asks its server, and the shapes of the answers.

import { words as say } from "./announce";

export { say };

export type Scenario = {
  id: string; block: string; kind: "new" | "sample" | "story" | "own" | "app"; package: string; type: string; type_title: string; name?: string; title: string;
  edited?: boolean; graded?: boolean; broken?: string; problem?: string; unit: string; usage: string;
};
export type Persona = { id: string; name: string; staff?: boolean; learner: string; origin: string; offline: boolean };
export type Look = { scheme: string; direction: string; language: string };
export type Bench = {
  packages: { folder: string; name: string; title: string; version: string }[];
  scenarios: Scenario[]; people: Persona[]; look: Look; faults: Record<string, string>; broken: Record<string, string>; languages: string[]; course: string;
};
export type Failure = { code: string; message: string; blame: string };
export type Asked = { service: string; method: string; request?: unknown; reply?: unknown; error?: Failure; elapsed: number };
export type Call = {
  id: number; at: string; op: string; name?: string; block: string; package: string; artifact: string; usage?: string; learner?: string;
  context?: unknown; request?: unknown; reply?: unknown; error?: Failure; effects?: string[]; services?: Asked[];
  log?: { level: number; text: string }[]; fuel?: number; memory?: number; elapsed: number; waited?: number; interpreted?: boolean; sent: number; got: number; faults?: string[];
};
export type FieldNow = { name: string; type?: string; value?: unknown; default?: unknown; undeclared?: boolean };
export type Stored = {
  scopes: { scope: string; fields: FieldNow[] }[]; sitting?: unknown; tries: number; completion: number; score?: unknown; submissions?: unknown[];
  collections?: { name: string; documents: unknown[] }[];
};
export type Report = { Problems: { File: string; Line: number; Message: string; Fix: string }[] | null; Notes: string[] | null; Samples: number; Answers: number; Code: number };
export type Drawn = { html: string; edited: boolean; wrong: boolean };
export type Saved = { file?: string; text: string; language?: string; problem?: string; failures?: string[] };

/** fill puts values into a text's {0}, {1}, ... */
export function fill(text: string, ...values: (string | number)[]): string {
  return values.reduce<string>((done, value, n) => done.replaceAll(`{${n}}`, String(value)), text);
}

async function answer<T>(reply: Response): Promise<T> {
  const data: unknown = await reply.json();
  if (!reply.ok) throw new Error((data as { error?: string }).error ?? reply.statusText);
  return data as T;
}

/** ask gets what an address answers. */
export async function ask<T>(path: string, query: Record<string, string | number> = {}): Promise<T> {
  const address = new URL(path, location.origin);
  for (const [name, value] of Object.entries({ ...query, lang: document.documentElement.lang })) address.searchParams.set(name, String(value));
  return answer(await fetch(address));
}

/** send sends JSON, or a form as it is. */
export async function send<T>(path: string, body: unknown): Promise<T> {
  const form = body instanceof URLSearchParams;
  const address = new URL(path, location.origin);
  address.searchParams.set("lang", document.documentElement.lang);
  return answer(
    await fetch(address, {
      method: "POST",
      headers: { "X-Quoin-Token": document.body.dataset.token ?? "", "Content-Type": form ? "application/x-www-form-urlencoded" : "application/json" },
      body: form ? body : JSON.stringify(body),
    }),
  );
}

/** find gives the element of an id, which the page has. */
export function find<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element as T;
}

/** make makes an element with attributes and what is in it. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K, attributes: Record<string, string> = {}, ...inside: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
}
