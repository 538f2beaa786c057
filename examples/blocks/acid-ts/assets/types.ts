/** One promise; see rows.json. */
export interface Row {
  id: string;
  section: string;
  by: "server" | "browser" | "form";
  only?: "frame" | "page" | "sandbox";
}

/** What the view gives to the script. */
export interface Init {
  page: "acid" | "question";
  rows: Row[];
  results: Record<string, { state: string; note?: string; step?: number; press?: boolean }>;
  seen: { places: string[]; posts: number };
  words: Record<string, string>;
  odd: string;
  probe: string;
  file: string;
  language: string;
}

/** What the handler run answers. */
export interface Answer {
  state?: string;
  note?: string;
  step: number;
  handler?: string;
  times?: number;
  again?: boolean;
  press?: string;
}

/** What a row that the browser checks works with. */
export interface Trial extends HTMLElement {
  readonly init: Init;
  readonly heard: { verdict: number; topic: number };
  ask<Reply = unknown>(handler: string, body: object): Promise<Reply>;
}

/** A state and a remark. */
export type Found = ["green" | "red" | "none" | "waits", string];
