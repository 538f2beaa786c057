import { Refusal } from "./errors.ts";
import { decode, encode, split } from "./frame.ts";
import { text, type Catalogue } from "./messages.ts";
import { type Random, generator } from "./random.ts";
import type {
  Blob, Child, ChildrenFound, Context, Document, DocumentFind, DocumentFound, DocumentsFound, EnrolmentsFind, EnrolmentsFound, File, FileFound,
  FileRead, HTTPDo, HTTPDone, Json, KeySetPublished, KeySign, KeySigned, KeyVerified, KeyVerify, Op, Reply, Score, ScoresFound, ScriptDone,
  ScriptRun, SearchFound, SearchHit, Service, User, UsersFound,
} from "./wire.ts";

/** What the engine gives to a running call. */
declare const quoin: { service(frame: string): string; log(level: string, line: string): void };

/** One running call: its context, its clock, its generator, the services. It must not outlive the call. */
export class Call {
  #random?: Random;

  constructor(
    readonly context: Context,
    readonly op: Op,
    private readonly catalogue: Catalogue | undefined,
  ) {}

  /**
   * The call's clock in milliseconds since 1970: the server's arrival time, equal however often the call runs; 0 where the
   * view or handler did not declare to read the clock.
   */
  get now(): number {
    return this.context.now ?? 0;
  }

  /** Chooses the learner's variant; 1 where none was given. */
  get seed(): number {
    return this.context.seed ?? 1;
  }

  /** The call's generator. Math.random repeats itself in every call, because each begins from the same memory: use this one. */
  get random(): Random {
    return (this.#random ??= generator(this.context.random ?? ""));
  }

  /** Translates a message into the call's locale. */
  t(key: string, ...args: unknown[]): string {
    return text(this.catalogue, this.context.locale ?? "en", key, args);
  }

  /** Writes a line to the block's log, which its developer and the site's admin read. It must hold no answers. */
  log(line: string, level: "debug" | "info" | "warning" | "error" = "info"): void {
    quoin.log({ debug: "-1", info: "0", warning: "1", error: "2" }[level], line);
  }

  /** One of the block's documents, null when there is none. */
  document<T extends Json = Json>(collection: string, id: string): (Omit<Document, "body"> & { body: T }) | null {
    const found = this.ask<DocumentFound>("documents", "get", { collection, id }, "DocumentGet", "DocumentFound");
    return (found.document as (Omit<Document, "body"> & { body: T }) | undefined) ?? null;
  }

  /** One page of the block's documents. */
  documents(find: DocumentFind): DocumentsFound {
    return this.ask("documents", "find", find, "DocumentFind", "DocumentsFound");
  }

  /** The block's children as published. */
  children(): Child[] {
    return this.ask<ChildrenFound>("children", "list", {}, "ChildrenList", "ChildrenFound").children ?? [];
  }

  /** People of the run; unknown ones are left out. */
  users(...ids: string[]): User[] {
    return this.ask<UsersFound>("users", "get", { ids }, "UsersGet", "UsersFound").users ?? [];
  }

  /** A course file by its path, or a part of an answer by its hash. */
  file(read: FileRead): { file: File; data: Blob } {
    const found = this.ask<FileFound>("files", "read", read, "FileRead", "FileFound");
    return { file: found.file, data: found.data ?? "" };
  }

  /** What learners earned, by learner and usage. */
  scores(learners: string[], usages: string[]): Record<string, Record<string, Score>> {
    return this.ask<ScoresFound>("scores", "get", { learners, usages }, "ScoresGet", "ScoresFound").scores ?? {};
  }

  /** One page of the run's people. */
  enrolments(find: EnrolmentsFind): EnrolmentsFound {
    return this.ask("enrolments", "find", find, "EnrolmentsFind", "EnrolmentsFound");
  }

  /** Runs an author's program in the sandbox. An author's mistake is in the reply, not an exception. */
  script(run: ScriptRun): ScriptDone {
    return this.ask("script", "run", run, "ScriptRun", "ScriptDone");
  }

  /** Looks into the run's texts, as far as the caller may see them. */
  search(words: string, limit = 0): SearchHit[] {
    return this.ask<SearchFound>("search", "query", limit > 0 ? { text: words, limit } : { text: words }, "SearchQuery", "SearchFound").hits ?? [];
  }

  /** Signs with a secret that the block names but never sees. */
  sign(request: KeySign): string {
    return this.ask<KeySigned>("keys", "sign", { ...request }, "KeySign", "KeySigned").signature;
  }

  /** Asks whether a signature or JWT holds, and what it claims. */
  verify(request: KeyVerify): KeyVerified {
    return this.ask("keys", "verify", { ...request }, "KeyVerify", "KeyVerified");
  }

  /** The address of the block's own public keys. */
  keySet(): string {
    return this.ask<KeySetPublished>("keys", "publish", {}, "KeySetPublish", "KeySetPublished").url;
  }

  /** An outside request, in task and grade alone. */
  http(request: HTTPDo): HTTPDone {
    return this.ask("http", "do", { ...request }, "HTTPDo", "HTTPDone");
  }

  private ask<T>(service: Service, method: string, body: object, request: string, reply: string): T {
    const segments = split(quoin.service(encode({ service, method }, body, request)));
    const { error } = JSON.parse(String(segments[0])) as Reply;
    if (error) throw new Refusal(error.code, `asking ${service}.${method}: ${error.message}`, error.blame);
    return decode<T>(segments, reply);
  }
}
