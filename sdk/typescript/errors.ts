import type { Blame, Code } from "./wire.ts";

/** A failure that the platform understands: who sent the request is told the message. */
export class Refusal extends Error {
  constructor(
    readonly code: Code,
    message: string,
    readonly blame: Blame = "outside",
  ) {
    super(message);
    this.name = "Refusal";
  }
}

/** Turns an input down; the message is shown to who sent it. */
export const refuse = (message: string): Refusal => new Refusal("bad_request", message);

/** For a view, handler or thing that does not exist. */
export const notFound = (message: string): Refusal => new Refusal("not_found", message);

/** For a caller who may not do this. */
export const forbid = (message: string): Refusal => new Refusal("refused", message);

/** The author's mistake: a function of the block gave what the contract has no place for. */
export const misgiven = (message: string): Refusal => new Refusal("bad_reply", message, "block");
