import type { Block, Definition, Graded, Reported, SampleContent } from "./block.ts";
import { Call } from "./call.ts";
import { notFound, Refusal } from "./errors.ts";
import { changes, type FieldSet, values } from "./fields.ts";
import { decode, encode, split } from "./frame.ts";
import { list, object, replied, shown } from "./given.ts";
import { html } from "./html.ts";
import type { Reply } from "./reply.ts";
import { digest } from "./sha256.ts";
import type * as wire from "./wire.ts";

type Known = Definition<FieldSet, unknown, unknown>;
type Operation = (it: Known, call: Call, segments: wire.Blob[]) => [reply: object, type: string];

/**
 * Answers frames of the contract for one block, or for several by their types: what a package's entry puts into the global
 * function serve.
 */
export function serve(blocks: Block | Record<string, Block>): (frame: string) => string {
  return (frame) => {
    let op = "";
    try {
      const segments = split(frame);
      const request = JSON.parse(String(segments[0])) as wire.Request;
      op = request.op;
      const it = "definition" in blocks ? (blocks as Block) : (blocks as Record<string, Block>)[request.context.block];
      if (!it) throw new Refusal("missing", `this package has no block type "${request.context.block}"`, "block");
      const [reply, type] = answer(it, request, segments);
      return encode({}, reply, type);
    } catch (error) {
      return encode({ error: failure(op, error) }, undefined, "");
    }
  };
}

function answer(it: Block, request: wire.Request, segments: wire.Blob[]): [object, string] {
  if (request.op === "describe") return [it.description, "Description"];
  if (!it.description.ops?.includes(request.op)) {
    throw new Refusal("unsupported", `this block does not implement ${request.op}`, "host");
  }
  const call = new Call(request.context, request.op, it.definition.messages);
  return operations[request.op as Exclude<wire.Op, "describe">](it.definition, call, segments);
}

/** The longest part of an exception that travels, in characters. */
const longest = 2000;

function failure(op: string, error: unknown): wire.Error {
  if (error instanceof Refusal) return { code: error.code, message: error.message, blame: error.blame };
  const said = error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ""}` : String(error);
  return { code: "trap", message: `${op}: ${said.slice(0, longest)}`.trim(), blame: "block" };
}

/** A prepared value; an absent one is an empty object. */
const prepared = (blob: wire.Blob | undefined): unknown => (blob ? JSON.parse(String(blob)) : {});

/** A sample with what its author left out. */
const whole = ({ fields = {}, children, ...sample }: SampleContent): wire.Sample => ({
  ...sample, fields, ...(children ? { children: children.map(whole) } : {}),
});

/** The blob of a prepared value; an empty one is absent. */
function blob(value: unknown): wire.Blob {
  const text = value === undefined ? "{}" : JSON.stringify(value);
  return text === "{}" ? "" : text;
}

const operations: Record<Exclude<wire.Op, "describe">, Operation> = {
  outline(it, call, segments) {
    const r = decode<wire.OutlineRequest>(segments, "OutlineRequest");
    const out = object("outline", it.outline!(call, values(it.fields, r.fields), r.children ?? []));
    object("outline's facts", out.facts);
    const secret = blob(out.secret);
    const hash = out.answerHash ?? (out.facts.max_score === undefined ? "" : digest(String(secret)).slice(0, 32));
    return [{ facts: out.facts, answer_hash: hash, public: blob(out.public), secret } satisfies wire.Outline, "Outline"];
  },
  vary(it, call, segments) {
    const r = decode<wire.VaryRequest>(segments, "VaryRequest");
    const out = object("vary", it.vary!(call, prepared(r.public), prepared(r.secret)));
    return [{ public: blob(out.public), secret: blob(out.secret) } satisfies wire.Variant, "Variant"];
  },
  render(it, call, segments) {
    const r = decode<wire.RenderRequest>(segments, "RenderRequest");
    const view = own(it.views, r.view, "view");
    const given = view.render(call, { ...r, fields: values(it.fields, r.fields), stored: r.fields ?? {}, public: prepared(r.public) });
    const fragment = shown(`the view "${r.view}"`, given);
    return [{ ...fragment, html: (fragment.html ?? html``).text } as wire.Fragment, "Fragment"];
  },
  reveal(it, call, segments) {
    const r = decode<wire.RevealRequest>(segments, "RevealRequest");
    const given = object("reveal", it.reveal!(call, prepared(r.public), prepared(r.secret), r.answers));
    return [{ ...given, html: given.html?.text ?? "" } satisfies wire.Revealed, "Revealed"];
  },
  handle(it, call, segments) {
    const r = decode<wire.HandleRequest>(segments, "HandleRequest");
    const handler = own(it.handlers, r.handler, "handler");
    // The handler may change lists and objects in place: what was stored is compared with afterwards.
    const fields = values(it.fields, r.fields && (JSON.parse(JSON.stringify(r.fields)) as wire.Fields));
    const reply = handleReply(`the handler "${r.handler}"`, handler.handle(call, { ...r, fields, stored: r.fields ?? {}, public: prepared(r.public) }));
    const changed = changes(it.fields, fields, r.fields, handler.reads.fields ?? []);
    const effects = [...changed, ...(reply.effects ?? [])];
    return [effects.length > 0 ? { ...reply, effects } : reply, "HandleReply"];
  },
  grade(it, call, segments) {
    const r = decode<wire.GradeRequest>(segments, "GradeRequest");
    const graded: Graded<unknown, unknown> = {
      ...r.submission, public: prepared(r.public), secret: prepared(r.secret), evidence: r.evidence ?? [], previous: r.previous ?? null,
    };
    return [object("grade", it.grade!(call, graded)), "Verdict"];
  },
  choose(it, call, segments) {
    const r = decode<wire.ChooseRequest>(segments, "ChooseRequest");
    return [{ children: list("choose", it.choose!(call, values(it.fields, r.fields), r)) } satisfies wire.Choice, "Choice"];
  },
  check(it, call, segments) {
    const r = decode<wire.CheckRequest>(segments, "CheckRequest");
    return [{ findings: list("check", it.check!(call, values(it.fields, r.fields), r.children ?? [])) } satisfies wire.CheckReply, "CheckReply"];
  },
  solve(it, call, segments) {
    const r = decode<wire.SolveRequest>(segments, "SolveRequest");
    return [object("solve", it.solve!(call, prepared(r.public), prepared(r.secret))), "Solution"];
  },
  import_olx(it, call, segments) {
    const r = decode<wire.ImportRequest>(segments, "ImportRequest");
    return [object("importOLX", it.importOLX!(call, String(r.xml), r.files ?? [])), "ImportReply"];
  },
  export_olx(it, call, segments) {
    const r = decode<wire.ExportRequest>(segments, "ExportRequest");
    return [object("exportOLX", it.exportOLX!(call, values(it.fields, r.fields), r.fields ?? {}, r.block_id)), "ExportReply"];
  },
  report(it, call, segments) {
    const r = decode<wire.ReportRequest>(segments, "ReportRequest");
    const submissions = (r.submissions ?? []).map((s): Reported<unknown, unknown> => ({
      submission: s.submission, verdict: s.verdict ?? null, public: prepared(s.public), secret: prepared(s.secret),
    }));
    return [{ rows: list("report", it.report!(call, submissions)) } satisfies wire.ReportReply, "ReportReply"];
  },
  task(it, call, segments) {
    const r = decode<wire.TaskRequest>(segments, "TaskRequest");
    return [effectsReply(`the task "${r.task}"`, own(it.tasks, r.task, "task")(call, values(it.fields, r.fields), r)), "EffectsReply"];
  },
  event(it, call, segments) {
    const r = decode<wire.EventRequest>(segments, "EventRequest");
    return [effectsReply("event", it.event!(call, r.events ?? [])), "EffectsReply"];
  },
  mount(it, call, segments) {
    const r = decode<wire.MountRequest>(segments, "MountRequest");
    return [handleReply(`the mount "${r.mount}"`, own(it.mounts, r.mount, "mount").serve(call, values(it.fields, r.fields), r)), "HandleReply"];
  },
  migrate(it, call, segments) {
    return [object("migrate", it.migrate!(call, decode<wire.MigrateRequest>(segments, "MigrateRequest"))), "MigrateReply"];
  },
  sample(it, call) {
    return [{ samples: list("samples", it.samples!(call)).map(whole) } satisfies wire.SampleReply, "SampleReply"];
  },
};

/** What is declared under a name; names of other objects' members are none. */
function own<T>(list: Record<string, T> | undefined, name: string, what: string): T {
  if (!list || !Object.hasOwn(list, name)) throw notFound(`no ${what} "${name}"`);
  return list[name]!;
}

function handleReply(what: string, reply: Reply | void): wire.HandleReply {
  const { result: _, again: __, ...rest } = replied(what, reply)?.reply ?? {};
  return rest;
}

function effectsReply(what: string, reply: Reply | void): wire.EffectsReply {
  const { effects, commit, result, again } = replied(what, reply)?.reply ?? {};
  return { ...(effects ? { effects } : {}), ...(commit ? { commit } : {}), ...(result !== undefined ? { result } : {}), ...(again !== undefined ? { again } : {}) };
}
