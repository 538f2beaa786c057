import type { Call } from "./call.ts";
import { declared, type FieldSet, type ValuesOf } from "./fields.ts";
import type { Markup } from "./html.ts";
import type { Catalogue } from "./messages.ts";
import type { Reply } from "./reply.ts";
import type {
  Child, ChooseRequest, Collection, Description, Event, EventType, Evidence, Facts, Fields, Finding, Fragment, Handler, HandleRequest, HTTP, Json,
  Kind, MigrateReply, MigrateRequest, MountRequest, Op, ReportRow, RenderRequest, Sample, Solution, Submission, TaskRequest, Verdict, View as DeclaredView,
} from "./wire.ts";

/** What outline gives: facts for the host, and the content parsed once, for everybody and for grading alone. */
export interface Outlined<P, S> {
  facts: Facts;
  /** Digests all that scoring depends on; left out it is the digest of secret. */
  answerHash?: string;
  public?: P;
  secret?: S;
}

/** What a view gets: the fields that it declared to read, defaults elsewhere, and the prepared value. */
export interface View<F extends FieldSet, P> extends Omit<RenderRequest, "fields" | "public"> {
  fields: ValuesOf<F>;
  /** The same fields as they are stored: an unset one is not in it, and one that is null is null. */
  stored: Fields;
  public: P;
}

/** One call of a handler. Changes to the learner's own fields become effects by themselves. */
export interface Request<F extends FieldSet, P> extends Omit<HandleRequest, "fields" | "public"> {
  fields: ValuesOf<F>;
  /** The same fields as they are stored: an unset one is not in it, and one that is null is null. */
  stored: Fields;
  public: P;
}

/** What grade gets. */
export interface Graded<P, S> extends Submission {
  public: P;
  secret: S;
  evidence: Evidence[];
  previous: Verdict | null;
}

/** One submission of a report. */
export interface Reported<P, S> {
  submission: Submission;
  verdict: Verdict | null;
  public: P;
  secret: S;
}

/** A sample content, and those of its children. */
export interface SampleContent extends Omit<Sample, "fields" | "children"> {
  fields?: Fields;
  children?: SampleContent[];
}

export interface ViewDefinition<F extends FieldSet, P> extends Omit<DeclaredView, "name"> {
  render(call: Call, view: View<F, P>): Markup | (Omit<Fragment, "html" | "init"> & { html?: Markup; init?: unknown });
}

export interface HandlerDefinition<F extends FieldSet, P> extends Omit<Handler, "name"> {
  handle(call: Call, request: Request<F, P>): Reply | void;
}

export interface MountDefinition<F extends FieldSet> extends Omit<Handler, "name"> {
  serve(call: Call, fields: ValuesOf<F>, request: HTTP & Pick<MountRequest, "mount" | "nonce" | "spent">): Reply | void;
}

/**
 * What a block is. Write outline before what uses the prepared values: their types come from it.
 *
 * A function that is there is an operation that the block has; describe is made of what is declared.
 */
export interface Definition<F extends FieldSet, P, S> {
  /** component when left out. */
  kind?: Kind;
  /** The number of the shape of what the block stores; 1 when left out. */
  schema?: number;
  fields: F;
  /** Says at publish time what the host must know of the content, and parses it once. */
  outline?(call: Call, fields: ValuesOf<F>, children: Child[]): Outlined<P, S>;
  views?: Record<string, ViewDefinition<F, P>>;
  handlers?: Record<string, HandlerDefinition<F, P>>;
  mounts?: Record<string, MountDefinition<F>>;
  /** Scores a submission. It changes nothing, and equal submissions get equal verdicts. */
  grade?(call: Call, submission: Graded<P, S>): Verdict;
  /** Makes one learner's variant, by call.seed. */
  vary?(call: Call, shown: P, secret: S): { public: P; secret: S };
  /** Shows the answer, when the host's policy says so. */
  reveal?(call: Call, shown: P, secret: S, answers: Json | undefined): { html?: Markup; answers?: Record<string, string> };
  /** Answers that score full. */
  solve?(call: Call, shown: P, secret: S): Solution;
  /** Finds an author's mistakes. */
  check?(call: Call, fields: ValuesOf<F>, children: Child[]): Finding[];
  /** Picks the children that one learner has. */
  choose?(call: Call, fields: ValuesOf<F>, request: ChooseRequest): string[];
  /** Reads an OLX element. Without it the attributes become the fields of their names. */
  importOLX?(call: Call, xml: string, files: { path: string; data?: string | Uint8Array }[]): { fields: Fields; findings?: Finding[] };
  exportOLX?(call: Call, fields: ValuesOf<F>, set: Fields, blockID: string): { xml: string; files?: { path: string; data: string }[] };
  /** Puts submissions into words. */
  report?(call: Call, submissions: Reported<P, S>[]): ReportRow[];
  /** Tasks that the block schedules, by name. */
  tasks?: Record<string, (call: Call, fields: ValuesOf<F>, task: TaskRequest) => Reply | void>;
  /** Gets the events that the block subscribes to. */
  event?(call: Call, events: Event[]): Reply | void;
  /** Reads what an older version stored. */
  migrate?(call: Call, request: MigrateRequest): MigrateReply;
  /** Sample contents with answers whose scores are known. What is left out of fields has its default. */
  samples?(call: Call): SampleContent[];
  events?: EventType[];
  subscribes?: string[];
  collections?: Collection[];
  rerandomize?: "never" | "per_student" | "onreset" | "always";
  identity?: boolean;
  clientGraded?: boolean;
  /** What grade and choose read besides. */
  reads?: Pick<Description, "grade" | "choose">;
  messages?: Catalogue;
}

/** A block, as serve takes it. */
export interface Block {
  readonly definition: Definition<FieldSet, unknown, unknown>;
  readonly description: Description;
}

/** Makes a block of its definition. */
export function block<const F extends FieldSet, P = Record<string, never>, S = Record<string, never>>(definition: Definition<F, P, S>): Block {
  const it = definition as unknown as Definition<FieldSet, unknown, unknown>;
  return { definition: it, description: describe(it) };
}

/** Joins several block types into one package; the key is the type's name. */
export const types = (blocks: Record<string, Block>): Record<string, Block> => blocks;

function describe(it: Definition<FieldSet, unknown, unknown>): Description {
  const has: [Op, unknown][] = [
    ["outline", it.outline], ["vary", it.vary], ["render", named(it.views)], ["reveal", it.reveal], ["handle", named(it.handlers)],
    ["grade", it.grade], ["choose", it.choose], ["check", it.check], ["solve", it.solve], ["import_olx", it.importOLX],
    ["export_olx", it.exportOLX], ["report", it.report], ["task", named(it.tasks)], ["event", it.event], ["mount", named(it.mounts)],
    ["migrate", it.migrate], ["sample", it.samples],
  ];
  return {
    sdk: "typescript 1",
    kind: it.kind ?? "component",
    ops: has.filter(([, there]) => there).map(([op]) => op),
    schema: it.schema ?? 1,
    fields: declared(it.fields),
    views: entries(it.views, ({ render: _, ...view }) => view),
    handlers: entries(it.handlers, ({ handle: _, ...handler }) => handler),
    mounts: entries(it.mounts, ({ serve: _, ...mount }) => mount),
    tasks: Object.keys(it.tasks ?? {}),
    ...(it.events ? { events: it.events } : {}),
    ...(it.subscribes ? { subscribes: it.subscribes } : {}),
    ...(it.collections ? { collections: it.collections } : {}),
    ...(it.rerandomize ? { rerandomize: it.rerandomize } : {}),
    ...(it.identity ? { identity: true } : {}),
    ...(it.clientGraded ? { client_graded: true } : {}),
    ...it.reads,
  };
}

const named = (list: object | undefined): boolean => Object.keys(list ?? {}).length > 0;

function entries<D, T>(list: Record<string, D> | undefined, declaration: (definition: D) => T): (T & { name: string })[] {
  return Object.entries(list ?? {}).map(([name, definition]) => ({ name, ...declaration(definition) }));
}
