import type { AddDoc, Effect, EffectsReply, File, HandleReply, IndexDoc, Json } from "./wire.ts";

/** Collects a handler's answer and what shall change. Its methods return it, so they chain. */
export class Reply {
  readonly reply: HandleReply & Pick<EffectsReply, "result" | "again"> = {};

  /** Adds effects that have no method of their own here. */
  effect(...effects: Effect[]): this {
    (this.reply.effects ??= []).push(...effects);
    return this;
  }

  /** Sets the body to a value. */
  json(value: Json): this {
    return this.body("application/json", JSON.stringify(value));
  }

  /** Sets a body of another type; see HandleReply for those allowed. */
  body(contentType: string, text: string): this {
    this.reply.content_type = contentType;
    this.reply.body = text;
    return this;
  }

  /** Sets the HTTP status. */
  status(status: number): this {
    this.reply.status = status;
    return this;
  }

  /** Announces a message to the learner. */
  say(message: string): this {
    this.reply.message = message;
    return this;
  }

  /** Hands in an answer: one try. */
  submit(answers: Json, files: File[] = []): this {
    return this.effect({ submit: files.length > 0 ? { answers, files } : { answers } });
  }

  /** Appends evidence to a pending submission and has it graded again. */
  settle(submission: string, data: Json): this {
    return this.effect({ settle: { submission, data } });
  }

  /** Sets a field by name. Changes to the learner's own fields of the request need no set. */
  set(field: string, value: Json): this {
    return this.effect({ set: { field, value } });
  }

  /** Makes a field unset again. */
  unset(field: string): this {
    return this.effect({ unset: { field } });
  }

  /** Adds to a shared counter; key chooses one inside an object. */
  increment(field: string, by = 1, key = ""): this {
    return this.effect({ increment: key ? { field, key, by } : { field, by } });
  }

  /** Adds one entry to a shared list. */
  append(field: string, value: Json): this {
    return this.effect({ append: { field, value } });
  }

  /** Raises the learner's completion, from 0 to 1; it never lowers. */
  complete(fraction = 1): this {
    return this.effect({ complete: { fraction } });
  }

  /** Adds a document under an id that the host gives. */
  insert(collection: string, body: Json): this {
    return this.effect({ insert: { collection, body } });
  }

  /** Adds the document if there is none yet; the call commits on it. Where there is one, the call runs again and reads it. */
  create(collection: string, id: string, body: Json): this {
    return this.on(collection, id).effect({ insert: { collection, id, body } });
  }

  /** Stores a document that was read at this version; the call commits on it. Where somebody was faster, it runs again. */
  replace(collection: string, id: string, version: number, body: Json): this {
    return this.on(collection, id).effect({ replace: { collection, id, version, body } });
  }

  /** Adds to an integer of a document; it cannot fail, and a missing document is left missing. */
  add(collection: string, id: string, field: string, by: number): this {
    return this.effect({ add: { collection, id, field, by } });
  }

  /**
   * Adds to an integer of a document within bounds; the call commits on that document and is refused (409) when the result
   * would leave them. Several on one document are done in one swap, all or none.
   */
  take(collection: string, id: string, field: string, by: number, bounds: Pick<AddDoc, "key" | "min" | "max" | "refusal">): this {
    return this.on(collection, id).effect({ add: { collection, id, field, by, ...bounds } });
  }

  /** Removes a document. */
  delete(collection: string, id: string): this {
    return this.effect({ delete: { collection, id } });
  }

  /** Writes to the event log. */
  event(name: string, data: Json = null): this {
    return this.effect({ event: { name, data } });
  }

  /** Tells open pages that something changed. */
  publish(topic: string, id = "", to: string[] = []): this {
    return this.effect({ publish: { topic, ...(id ? { id } : {}), ...(to.length > 0 ? { to } : {}) } });
  }

  /** Puts a text into the course's search, or takes the one of that id out when it has neither title nor text. */
  index(text: IndexDoc): this {
    return this.effect({ index: text });
  }

  /** Asks for a task, now or at an instant in milliseconds since 1970. */
  schedule(task: string, payload: Json = null, when: { key?: string; at?: number; every?: number; submission?: boolean } = {}): this {
    return this.effect({ schedule: { task, payload, ...when } });
  }

  /** Sends a message to people, at most 100; path is below the block's own address. */
  notify(to: string[], title: string, text = "", path = ""): this {
    return this.effect({ notify: { to, title, text, path } });
  }

  /** Answers with 303: the browser goes on to a path below the block's own address, "" is the page that it came from. */
  see(path = ""): this {
    this.reply.location = path;
    return this.status(303);
  }

  /** Lets the answer wait for a task. */
  await(task: string, payload: Json = null): this {
    this.reply.await = { task, payload };
    return this;
  }

  /** Sends the browser to a host that the manifest or a granted field names; with fields they are posted. */
  leave(url: string, fields?: Record<string, string>): this {
    this.reply.leave = fields ? { url, fields } : { url };
    return this;
  }

  /** What an awaited task gives to the page that waits. */
  result(value: Json): this {
    this.reply.result = value;
    return this;
  }

  /** Asks for another run of a task with this payload. */
  again(payload: Json): this {
    this.reply.again = payload;
    return this;
  }

  private on(collection: string, id: string): this {
    this.reply.commit = { collection, id };
    return this;
  }
}

/** Answers with nothing but the effects. */
export const ok = (): Reply => new Reply();

/** Answers with a value. */
export const json = (value: Json): Reply => new Reply().json(value);
