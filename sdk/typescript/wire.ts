// Code generated from the Go source of the contract (sdk/wire) by "go run ./sdk/generate". DO NOT EDIT.

/** What travels beside the JSON byte for byte: a string when it is text, bytes when it is not. */
export type Blob = string | Uint8Array;

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export const ABI = 1;

/** MaxFrame bounds a whole frame in bytes. */
export const MaxFrame = 8388608;

/** MaxJSON bounds each of the two JSON segments in bytes. */
export const MaxJSON = 2097152;

/** MaxBlob bounds one segment beside them: form text and outside bodies. Files are references. */
export const MaxBlob = 4194304;

/** MaxEffects bounds the effects of one reply. */
export const MaxEffects = 256;

/** MaxName bounds the names of fields, views, handlers, tasks, topics and collections, in bytes. */
export const MaxName = 64;

/** MaxBody bounds the body that a handler or a mount receives, in bytes. */
export const MaxBody = 1048576;

export const MaxPoints = 1e9;

/**
 * ImportRequest carries one OLX element. Attributes that are settings of the platform (dates, tries, ...) stand in the XML
 * too; the host keeps those that the block leaves alone.
 */
export interface ImportRequest {
  xml: Blob;
  /** Files are the definition files that the element names (html/ID.html), by path. */
  files?: OLXFile[];
}

/** OLXFile is a file beside an element. */
export interface OLXFile {
  path: string;
  data?: Blob;
}

/** ImportReply is what the block read. Children stay the host's: their elements are taken out before. */
export interface ImportReply {
  fields: Fields | null;
  findings?: Finding[];
}

/** ExportRequest asks for OLX. */
export interface ExportRequest {
  fields: Fields | null;
  /** BlockID names the files that the block may write (html/BLOCKID.html). */
  block_id: string;
}

/** ExportReply is one element, without children, and the files beside it. */
export interface ExportReply {
  xml: Blob;
  files?: OLXFile[];
}

/** MigrateRequest asks for data of an older schema in the newer shape. It runs on read; nothing is stored by it. */
export interface MigrateRequest {
  from: number;
  /** Scope says what Fields holds; for a document Collection and Document are set instead. */
  scope?: Scope;
  fields?: Fields;
  collection?: string;
  document?: Json;
}

/** MigrateReply is the same in the newer shape. */
export interface MigrateReply {
  fields?: Fields;
  document?: Json;
}

/** SampleRequest asks for sample contents. */
export type SampleRequest = Record<string, never>;

/** SampleReply lists them. */
export interface SampleReply {
  samples: Sample[] | null;
}

/** Sample is one content with answers whose scores are known: the platform replays them. */
export interface Sample {
  name: string;
  /** Type is the block type of a child, "" for the block's own. */
  type?: string;
  title?: string;
  fields: Fields | null;
  /** Children are samples too, for containers. */
  children?: Sample[];
  answers?: SampleAnswer[];
}

/** Expectation says what a sample's answer must come to. */
export type Expectation =
  | "full"
  | "partial"
  | "zero"
  | "invalid"
  | "pending";

/** SampleAnswer is one answer with what it must come to. */
export interface SampleAnswer {
  expect: Expectation;
  input: Input;
  /** Seed chooses the variant; nil is 1. */
  seed?: number;
  /** Evidence settles it before it is graded; absent leaves it to the answer alone. */
  evidence?: Json;
}

/** DescribeRequest asks a block what it is. The answer must be the same on every call. */
export type DescribeRequest = Record<string, never>;

/**
 * Description is what a block says of itself. The kernel compares it with the manifest and refuses to load a block that
 * does what it did not ask permission for.
 */
export interface Description {
  /** SDK names the kit that built the block, for support: "go 1". */
  sdk?: string;
  kind: Kind;
  /** Ops lists the operations that the block implements; describe is understood. */
  ops: Op[] | null;
  /** Schema is the number of the shape of what the block stores, from 1. Data of another number goes through migrate. */
  schema: number;
  fields?: Field[];
  collections?: Collection[];
  views?: View[];
  handlers?: Handler[];
  mounts?: Handler[];
  tasks?: string[];
  events?: EventType[];
  /** Subscribes lists the events that OpEvent wants; each needs the permission "events.subscribe". */
  subscribes?: string[];
  /** Rerandomize is the seed rule of a usage that sets none: never (the default), per_student, onreset or always. */
  rerandomize?: string;
  /** Grade says what grade reads beside submission and prepared values. */
  grade?: GradeReads;
  /** Choose says what choose reads. */
  choose?: ChooseReads;
  /**
   * Identity makes vary, grade and reveal get the learner's pseudonym in the course run (CAPA scripts read
   * anonymous_student_id). Variants are then stored per learner, but for contents whose facts say that they are impersonal.
   */
  identity?: boolean;
  /** ClientGraded marks a block whose score a browser computes; shown to author, installer and gradebook. */
  client_graded?: boolean;
}

/** FieldType says what a field's JSON value is and how an editor asks for it. */
export type FieldType =
  | "string"
  | "text"
  | "html"
  | "xml"
  | "integer"
  | "number"
  | "boolean"
  | "time"
  | "duration"
  | "list"
  | "object"
  | "file"
  | "usage"
  | "key"
  | "any"
  | "captions"
  | "id";

/** Field declares one stored value. */
export interface Field {
  /** Name is lower-case letters, digits and underscores, unique in the block over all scopes. */
  name: string;
  scope: Scope;
  type: FieldType;
  /** Default stands in when the field is unset; absent means null. */
  default?: Json;
  /**
   * Title and Help are English, and so are the titles of Values; translations stand in the package's catalogues under
   * "field.NAME.title", "field.NAME.help", "field.NAME.value.VALUE", and "field.NAME.items.MEMBER.title" and so on.
   */
  title?: string;
  help?: string;
  /** Values lists what an editor offers. */
  values?: Value[];
  min?: number;
  max?: number;
  step?: number;
  /** Secret marks an authored field that may hold answer keys: it reaches outline, check, import and export alone. */
  secret?: boolean;
  /** Shared says how a user_state_summary field changes: "sum" (increment) or "list" (append, keeping the last Max). */
  shared?: string;
  /**
   * Items says what stands in a list: each entry is an object with these members and no others, so that an editor can draw a
   * row for each. One item without a name says that the entries are plain values of its type. A finding on such a field names
   * the row in Line and the member in Column, both from 1.
   */
  items?: Item[];
  /** Add is what the button says that adds a row: "Add a choice". Its translation stands under "field.NAME.add". */
  add?: string;
  /** Rare marks what few authors ever set: a form keeps it folded. */
  rare?: boolean;
  /**
   * From says what an editor fills the field from: "FIELD.width" or "FIELD.height" is a side, in pixels, of the course's picture
   * that a field of files names. "FIELD.boxes" at a list says that its entries are boxes on that picture, by their members x, y,
   * width and height, so that an editor can let them be drawn.
   */
  from?: string;
}

/** Item declares one member of a list's entries. Its members mean what they mean in [Field]. */
export interface Item {
  name?: string;
  type: FieldType;
  default?: Json;
  title?: string;
  help?: string;
  values?: Value[];
  min?: number;
  max?: number;
  step?: number;
  /**
   * Secret marks what may hold an answer key, in a list that is secret; the other members of such a list may reach learners by
   * the prepared value.
   */
  secret?: boolean;
  /** Rare marks what few rows have: a form keeps it folded. */
  rare?: boolean;
  /**
   * From is "LIST.MEMBER": what stands in that member of the entries of another list of the block is offered here, to be chosen.
   * What is chosen stands one on each line.
   */
  from?: string;
}

/** Value is one choice of a field. */
export interface Value {
  value: Json;
  title: string;
}

/**
 * Reads declares what a view or handler gets. What is not declared is absent from the request, which lets learners whose
 * requests are equal share one cached render.
 */
export interface Reads {
  /** User adds Context.Subject. */
  user?: boolean;
  /** Seed adds Context.Seed, and the variant instead of the prepared value when the block varies. */
  seed?: boolean;
  /** Clock adds Context.Now. */
  clock?: boolean;
  /** Locale adds Context.Locale and Context.Zone. */
  locale?: boolean;
  /** Role adds Context.Role and Context.Groups. */
  role?: boolean;
  /** Usage adds Context.Run, Context.Usage and Context.Address. */
  usage?: boolean;
  /** Verdict adds the newest and the counted verdict. */
  verdict?: boolean;
  /** Access adds what the host's policy allows now: tries, dates, what may be shown. */
  access?: boolean;
  /** Children adds the places of the children that this learner has. */
  children?: boolean;
  /** Prepared adds the public prepared value. */
  prepared?: boolean;
  /**
   * Fields names the learner-side fields wanted (user_state, preferences, user_info, user_state_summary); an author's
   * view and a mount may also name content and settings.
   */
  fields?: string[];
  /** Settings names the inherited settings wanted, resolved: "graded", "due", ... */
  settings?: string[];
  /**
   * Path adds RenderRequest.Path, Query names the parameters wanted in RenderRequest.Query: what a view with pages goes by.
   * Handlers and mounts get both in HTTP without asking.
   */
  path?: boolean;
  query?: string[];
}

/** View declares one view. */
export interface View {
  name: string;
  reads: Reads;
  /**
   * Roles may see it; empty means every role that may see the block (visitor, learner, staff, author, admin) for the
   * views visitor, learner; staff and above for staff and grade; author and admin for the others.
   */
  roles?: Role[];
  /**
   * Slot is where an app's view is shown, one of [Slots], "" for nowhere by itself. One view stands in a slot. What the page
   * of a slot knows comes as the path: beside a unit "/" and the unit's block id.
   */
  slot?: string;
  /** Edits names the authored fields that the view editor edits, so that the form of all fields puts them last, as what is stored. */
  edits?: string[];
  /**
   * Settle names a handler for the role author that brings the fields of Edits into agreement where they were changed without the
   * editor: in the form without scripts, or in the block's element. It is sent {"was": {...}, "now": {...}}, both with all of Edits,
   * null for unset, and answers {"fields": {...}} with those that have to change then.
   */
  settle?: string;
}

/** Handler declares one handler or mounted path. */
export interface Handler {
  /** Name is what a button's value or a script's call names; for a mount the path prefix below the block's own path. */
  name: string;
  roles: Role[] | null;
  reads: Reads;
  /** Grades marks the handler that takes a learner's answer: it may submit. */
  grades?: boolean;
  /** Peers lists block types whose handle may name this block's submissions in settle. */
  peers?: string[];
}

/** EventType declares an event that the block emits. */
export interface EventType {
  /** Name is dotted, below the block's own name: "quoin.problem.hint_shown" or Open edX's where one exists. */
  name: string;
  /** Browser marks events that the block's script sends; the host takes them in batches, without a call. */
  browser?: boolean;
  /** Schema lists the data's fields; what a browser sends beside them is dropped. */
  schema?: EventField[];
}

/** EventField is one field of an event's data. */
export interface EventField {
  name: string;
  type: FieldType;
  /** Max bounds a string in bytes and a list in entries; 0 is 256. */
  max?: number;
}

/** Collection declares one of the block's own document collections. */
export interface Collection {
  name: string;
  indexes?: Index[];
  /**
   * Learners is the field that names the pseudonyms whom a document concerns, for export and erasure: a string, an array of
   * strings or an object whose keys they are; "" when a document concerns nobody.
   */
  learners?: string;
}

/** Index declares an index over fields of a document; values are strings, integers or booleans. */
export interface Index {
  name: string;
  fields: string[] | null;
  unique?: boolean;
  multi?: boolean;
}

/** GradeReads says what grade reads beside submission and prepared values. */
export interface GradeReads {
  /** Previous adds the verdict before; such submissions are graded in order. */
  previous?: boolean;
}

/** ChooseReads says what choose reads beside its fields. */
export interface ChooseReads {
  seed?: boolean;
  groups?: boolean;
  /** Scores names a field that lists usage keys whose score and completion are wanted. */
  scores?: string;
}

/** Effect is one change that a reply asks for; exactly one of its members is set. [Effect.Kind] names it. */
export interface Effect {
  set?: SetField;
  unset?: UnsetField;
  increment?: IncrementField;
  append?: AppendField;
  submit?: Submit;
  settle?: Settle;
  score?: SetScore;
  complete?: Complete;
  file?: KeepFile;
  insert?: InsertDoc;
  replace?: ReplaceDoc;
  add?: AddDoc;
  delete?: DeleteDoc;
  event?: EmitEvent;
  notify?: Notify;
  publish?: Publish;
  schedule?: Schedule;
  enrol?: Enrol;
  index?: IndexDoc;
  redraw?: Redraw;
  sitting?: Sitting;
}

/** EffectKind names a member of [Effect] as its JSON does. Append-only. */
export type EffectKind =
  | "set"
  | "unset"
  | "increment"
  | "append"
  | "submit"
  | "settle"
  | "score"
  | "complete"
  | "file"
  | "insert"
  | "replace"
  | "add"
  | "delete"
  | "event"
  | "notify"
  | "publish"
  | "schedule"
  | "enrol"
  | "index"
  | "redraw"
  | "sitting";

/** SetField sets a field of the caller's own scopes (user_state, preferences, user_info), or an authored one in author role. */
export interface SetField {
  field: string;
  value: Json;
  /** Base is, for authored fields, the hash of the value that the editor started from; another stored value refuses. */
  base?: string;
}

/** UnsetField makes a field unset again. */
export interface UnsetField {
  field: string;
  base?: string;
}

/** IncrementField adds to a user_state_summary field; it commutes and cannot fail. */
export interface IncrementField {
  field: string;
  /** Key chooses a counter inside an object field, "" for a plain number. */
  key?: string;
  by: number;
}

/** AppendField adds one entry to a user_state_summary list. */
export interface AppendField {
  field: string;
  value: Json;
}

/** Submit hands in an answer: one try. */
export interface Submit {
  answers: Json;
  /** Files names stored files by hash, from uploads or file effects; they are bound to the submission. */
  files?: File[];
}

/** Settle appends evidence to a pending submission of this usage and has it graded again. */
export interface Settle {
  submission: string;
  data: Json;
}

/** SetScore gives a score to a named learner; course staff only, with a reason, audited. */
export interface SetScore {
  learner: string;
  earned: number;
  possible: number;
  reason: string;
  /** Run names the course run, from an app of the whole site. */
  run?: string;
}

/** Complete raises the learner's completion of this block; it never lowers. */
export interface Complete {
  fraction: number;
}

/** KeepFile stores bytes under their hash, private to the learner and the graders until a submission binds them. */
export interface KeepFile {
  name: string;
  type: string;
  data: Blob;
}

/**
 * InsertDoc adds a document. Without an id the host gives one and the insert cannot fail; with one it is insert-if-absent
 * and must be the commit document.
 */
export interface InsertDoc {
  collection: string;
  id?: string;
  body: Json;
  /** Refusal is what the caller is told when a unique index has the body's values already; "" is the host's own words. */
  refusal?: string;
}

/** ReplaceDoc replaces the commit document if it is at this version. */
export interface ReplaceDoc {
  collection: string;
  id: string;
  version: number;
  body: Json;
  /** Refusal is as for InsertDoc. */
  refusal?: string;
}

/**
 * AddDoc adds to an integer of a document. With a bound it is refusable and must sit on the commit document, where a reply
 * may hold several: all are done in the one swap, or none. Without a bound it commutes.
 */
export interface AddDoc {
  collection: string;
  id: string;
  field: string;
  /** Key chooses a counter inside an object field, "" for a plain integer. A missing field or counter is 0. */
  key?: string;
  by: number;
  min?: number;
  max?: number;
  /** Refusal is what the caller is told when a bound refuses; "" is the host's own words. */
  refusal?: string;
}

/** DeleteDoc removes a document; a missing one is no error. */
export interface DeleteDoc {
  collection: string;
  id: string;
}

/** EmitEvent writes to the event log. */
export interface EmitEvent {
  name: string;
  data?: Json;
}

/** Notify sends a message to people: on the page and, as they choose, by e-mail. More than 100 are a paged task. */
export interface Notify {
  /** To are pseudonyms of the run. */
  to: string[] | null;
  title: string;
  text?: string;
  /**
   * Path is where the message leads: "/view/NAME" and what may follow for one of the block's views, another path for a page below
   * its mounts, "" for where the block stands.
   */
  path?: string;
  /** Run names whose people To are, from an app of the whole site. */
  run?: string;
}

/** Publish tells open pages that something changed. It carries an id only; pages ask for the view again. */
export interface Publish {
  topic: string;
  id?: string;
  /** To restricts the audience to roles, groups or pseudonyms; the host checks it at delivery. */
  to?: string[];
}

/** Schedule asks for a task. The name and key identify it: scheduling the same again replaces it. */
export interface Schedule {
  task: string;
  key?: string;
  payload?: Json;
  /** At is when, in milliseconds since 1970 UTC; 0 or a past instant is now. */
  at?: number;
  /** Every repeats it, in seconds, at least 60; 0 is once. */
  every?: number;
  /**
   * Submission hands the task the submission that this reply submits, whose id the block cannot know yet. It then takes
   * part in the key, so that each submission has a task of its own.
   */
  submission?: boolean;
  /** Cancel takes it back instead. */
  cancel?: boolean;
}

/** Enrol changes an enrolment; a permission of its own. */
export interface Enrol {
  learner: string;
  run?: string;
  mode: string;
  active: boolean;
  reason?: string;
}

/**
 * IndexDoc puts a text into the course search, or takes it out when Title and Text are "". A search knows the newest 10 000
 * texts of a run, and of these the newest 16 MiB.
 */
export interface IndexDoc {
  id: string;
  title?: string;
  /** Text has at most 32 KiB, the others 1 KiB. */
  text?: string;
  path?: string;
  /** To restricts who finds it, as Publish.To. */
  to?: string[];
}

/** Redraw asks that this learner's choice of children be made anew. */
export type Redraw = Record<string, never>;

/** Sitting opens or closes the learner's sitting of this block. */
export interface Sitting {
  open: boolean;
}

/** Request is the envelope of a call. The body travels beside it. */
export interface Request {
  abi: number;
  op: Op;
  context: Context;
}

/**
 * Context is what a block may know of a call beside its body. What an operation, view or handler did not declare to read
 * is left out, so that equal calls are equal bytes.
 */
export interface Context {
  /** Block is the block type, for packages that carry several. */
  block: string;
  /** Run is the course run's key, or "" for a block of the whole site. */
  run?: string;
  /** Usage is the key of the block's place in the course. */
  usage?: string;
  /**
   * Address is the absolute address below which this usage's mounts are reached, without a slash at its end: what a block
   * tells to outside services. Tasks have it, views, handlers and mounts where usage is declared.
   */
  address?: string;
  /** Role is what the caller may act as here. */
  role?: Role;
  /** Groups are the caller's course roles, cohorts and content groups by name, where declared. */
  groups?: string[];
  /** Subject is the pseudonym of the learner whom the call is about, stable within one course run. */
  subject?: string;
  /** Caller is the pseudonym of who calls, when that is not the subject. */
  caller?: string;
  /** Seed chooses the learner's variant: 0 to 999, see CONTRACT "Fields, settings, seed". */
  seed?: number;
  /** Now is the call's clock in milliseconds since 1970 UTC. 0 when not declared; WASI's clock then starts at 1970. */
  now?: number;
  /** Random is 32 hexadecimal digits that feed the call's generator and WASI's random_get, or "" for a fixed stream. */
  random?: string;
  /** Locale is a BCP 47 tag such as "en" or "ar". */
  locale?: string;
  /** Zone is the caller's IANA time zone name, where the locale is declared. */
  zone?: string;
}

/** Reply is the envelope of an answer: an error, or a body beside it. */
export interface Reply {
  error?: Error;
}

/** Code says what kind of failure an [Error] is. Codes are append-only. */
export type Code =
  | "bad_request"
  | "not_found"
  | "conflict"
  | "refused"
  | "unavailable"
  | "internal"
  | "unsupported"
  | "abi"
  | "too_large"
  | "bad_reply"
  | "trap"
  | "fuel"
  | "memory"
  | "deadline"
  | "forbidden"
  | "broken"
  | "missing"
  | "stopping";

/** Blame says whose fault a failure is. */
export type Blame =
  | "block"
  | "host"
  | "outside";

/** Error is a failure that crosses the boundary. The code travels, not the text: callers decide by Code alone. */
export interface Error {
  code: Code;
  message: string;
  blame: Blame;
}

/** GradeRequest asks for a verdict on one submission. Grade changes nothing and reads nothing else. */
export interface GradeRequest {
  submission: Submission;
  /** Evidence is what settled a pending submission, oldest first. */
  evidence?: Evidence[];
  /** Previous is the verdict before, where declared. */
  previous?: Verdict;
  public?: Blob;
  secret?: Blob;
}

/** Submission is one answer as it was handed in. It never changes. */
export interface Submission {
  id: string;
  /** Attempt counts from 1 over all sittings since staff last reset the learner. */
  attempt: number;
  /** At is when the server received it, in milliseconds since 1970 UTC. */
  at: number;
  /** Answers is what the submit effect carried. */
  answers: Json;
  files?: File[];
}

/** Evidence is what somebody added to a pending submission. */
export interface Evidence {
  at: number;
  /** From is the pseudonym of the grader, or the block type and task that settled it. */
  from: string;
  data: Json;
}

/** Outcome says what became of a submission. */
export type Outcome =
  | "scored"
  | "invalid"
  | "pending"
  | "failed"
  | "submitted";

/** Correctness of one part (Open edX's words). */
export type Correctness =
  | "correct"
  | "incorrect"
  | "partially-correct"
  | "incomplete"
  | "unanswered";

/** Verdict is what grade says. */
export interface Verdict {
  outcome: Outcome;
  /** Earned and Possible are raw points, finite; what counts is clamped to 0..Possible. */
  earned: number;
  possible: number;
  parts?: Part[];
  /** Feedback is HTML for the whole. */
  feedback?: string;
  /** Message is plain text for the learner: why invalid, who grades. */
  message?: string;
  /** Until is when a pending verdict is due, in milliseconds since 1970 UTC; 0 is unknown. */
  until?: number;
  /** Data is the block's own, given back with the verdict. */
  data?: Json;
}

/** Part is one input's or one question's result. */
export interface Part {
  id: string;
  correctness: Correctness;
  earned: number;
  possible: number;
  /** Feedback is HTML beside the input. */
  feedback?: string;
  /** Hint is HTML that the grader chose for this answer. */
  hint?: string;
}

/** Input is what a learner would send to a handler: used by solve and by samples. */
export interface Input {
  handler: string;
  form?: Record<string, string[]>;
  /** JSON is the body when there is no form. */
  json?: Json;
}

/** SolveRequest asks for full-score answers. The seed stands in the context. */
export interface SolveRequest {
  public?: Blob;
  secret?: Blob;
}

/** Solution is the answer to solve. */
export interface Solution {
  /** Input scores full; nil when Unknown or Unsupported says why not. */
  input?: Input;
  /** Unknown: the content states no answer, and why. */
  unknown?: string;
  /** Unsupported: this version of the block cannot grade it, and what is missing. */
  unsupported?: string;
}

/** ReportRequest asks for rows of submissions of one usage, each with the values it was graded by. */
export interface ReportRequest {
  submissions: ReportSubmission[] | null;
}

/** ReportSubmission is one submission of a report. */
export interface ReportSubmission {
  submission: Submission;
  verdict?: Verdict;
  public?: Blob;
  secret?: Blob;
}

/** ReportReply lists rows, in the order of the submissions. */
export interface ReportReply {
  rows?: ReportRow[];
}

/** ReportRow is one part of one submission in words. */
export interface ReportRow {
  submission: string;
  part: string;
  question?: string;
  answer: string;
  correct_answer?: string;
  correctness?: Correctness;
}

/** HandleRequest is one call of a handler, HTTP-shaped. */
export interface HandleRequest extends HTTP {
  handler: string;
  fields?: Fields;
  settings?: Fields;
  newest?: Verdict;
  counted?: Verdict;
  access?: Access;
  public?: Blob;
}

/** HTTP is the request as a block sees it: decoded form values, or a raw body. */
export interface HTTP {
  method: string;
  /** Path is what follows the handler's or mount's own address, "" or starting with "/". */
  path?: string;
  query?: Record<string, string[]>;
  /** Form holds the values of a form post; the host's own fields (tokens, ids) are taken out. */
  form?: Record<string, string[]>;
  /** Files are uploads, stored already. */
  files?: File[];
  /**
   * ContentType and Body are what was sent when it was no form. For role outside they always are, byte for byte, and Form
   * stays empty: signatures are made over bytes.
   */
  content_type?: string;
  body?: Blob;
  /**
   * Headers holds, for mounts called from outside, the headers by lower-case name without cookies and credentials of
   * this site; otherwise nothing.
   */
  headers?: Record<string, string[]>;
}

/** File is a stored file: an upload or a part of an answer. */
export interface File {
  /** Input is the form field it came in, for uploads. */
  input?: string;
  name: string;
  type: string;
  size: number;
  /** Hash is the SHA-256 of the content in hexadecimal; it names the stored file. */
  hash: string;
}

/** HandleReply is the answer and what shall change. */
export interface HandleReply {
  /** Status is one of 200, 201, 202, 204, 303, 400, 403, 404, 409, 413, 422, 429; 0 is 200. */
  status?: number;
  /**
   * ContentType is application/json, text/plain, text/csv, text/html (never served inline) or one that the manifest
   * lists; "" is application/json when there is a body.
   */
  content_type?: string;
  /** Headers may set content-disposition, content-language, etag, last-modified, cache-control and retry-after alone. */
  headers?: Record<string, string>;
  body?: Blob;
  /**
   * Location is where a 303 leads: a path below the block's own address that starts with "/", or "" for the page that the
   * request came from. Addresses elsewhere are Leave's.
   */
  location?: string;
  /** Message is announced to the learner, in the learner's language. */
  message?: string;
  /** Effects happen all or not at all. */
  effects?: Effect[];
  /** Commit names the one block document that refusable effects sit on; nil commits on the caller's own document. */
  commit?: DocumentRef;
  await?: Await;
  leave?: Leave;
}

/** DocumentRef names a document of the block's own. */
export interface DocumentRef {
  collection: string;
  id: string;
}

/** Await lets the reply wait for a task, up to 10 s, then shows a page that waits. */
export interface Await {
  task: string;
  payload?: Json;
}

/** Leave sends the browser to a host that the manifest, or a field granted for it, names. The host performs it. */
export interface Leave {
  url: string;
  /** Fields, when not nil, are posted instead of a plain redirect. */
  fields?: Record<string, string>;
}

/** MountRequest is a request under an app's own path. */
export interface MountRequest extends HTTP {
  mount: string;
  /**
   * Nonce is a one-use value that the host keeps when the mount declared none in its query, for flows such as LTI and
   * OAuth; Spent says that the query's nonce was used before.
   */
  nonce?: string;
  spent?: boolean;
  fields?: Fields;
  settings?: Fields;
}

/** MountReply answers a mount; the same as a handler's. */
export type MountReply = HandleReply;

/** TaskRequest runs a job that the block asked for by schedule or await. */
export interface TaskRequest {
  task: string;
  payload?: Json;
  /** Key is equal on every run of the same job: the idempotency key for outside requests. */
  key: string;
  /** Fields holds the authored fields that are set on the block, secret ones excepted, and the shared ones. */
  fields?: Fields;
  /** Submission is the one that the schedule effect handed over. */
  submission?: Submission;
}

/** EffectsReply is the answer of task and event. */
export interface EffectsReply {
  effects?: Effect[];
  commit?: DocumentRef;
  /** Result is what an await's waiting page gets: the address to go on to, or a message. */
  result?: Json;
  /** Again asks for another run with this payload (paged work). */
  again?: Json;
}

/** EventRequest delivers events that the block subscribed to, oldest first. */
export interface EventRequest {
  events: Event[] | null;
}

/** GradedEvent is what [EventGraded] carries: raw points, as the block gave them. */
export interface GradedEvent {
  submission: string;
  earned: number;
  possible: number;
}

/** Event is the one envelope for everything that happens. Analytics, xAPI and audit read only this. */
export interface Event {
  id: string;
  name: string;
  version: number;
  /** Source is server, browser or mobile. */
  source: string;
  /** Time is the server's, in milliseconds since 1970 UTC. */
  time: number;
  actor?: string;
  session?: string;
  agent?: string;
  run?: string;
  usage?: string;
  path?: string[];
  revision?: string;
  sitting?: string;
  request?: string;
  data?: Json;
}

/**
 * Uploads says which files a learner may give with an answer. The host refuses others before anything of them is stored; a block
 * without it takes what fits into an ordinary form.
 */
export interface Uploads {
  /** Files is how many an answer holds at most, Bytes how large each may be; the host has bounds of its own besides. */
  files: number;
  bytes: number;
  /** Kinds are endings of names such as ".pdf", in lower case; none takes any. */
  kinds?: string[];
}

/** Marking is what a grader chooses by: the host draws the form, and settles the submission with a [Mark] as the evidence's data. */
export interface Marking {
  /** Points is what there is to get. Without criteria a grader types points from 0 to there. */
  points: number;
  criteria?: Criterion[];
}

/** Criterion is one line of a rubric, in plain text. */
export interface Criterion {
  id: string;
  title: string;
  help?: string;
  options: Choose[] | null;
}

/** Choose is one of a criterion's options. */
export interface Choose {
  id: string;
  title: string;
  help?: string;
  points: number;
}

/** Mark is what a grader gave, as the host puts it into the evidence of who asked for it by [Marking]. The newest one counts. */
export interface Mark {
  /** Chosen are options by criterion. Points are their sum, or what was typed: they stand although a rubric changes later. */
  chosen?: Record<string, string>;
  points: number;
  comment?: string;
  /** Withdrawn takes an earlier mark back: the submission is pending again. */
  withdrawn?: boolean;
}

/** Op names an operation. Names are append-only. */
export type Op =
  | "describe"
  | "outline"
  | "vary"
  | "render"
  | "reveal"
  | "handle"
  | "grade"
  | "choose"
  | "check"
  | "solve"
  | "import_olx"
  | "export_olx"
  | "report"
  | "task"
  | "event"
  | "mount"
  | "migrate"
  | "sample";

/**
 * Role is what a caller may act as in one call. It is not a course role: staff, instructor and data researcher all act as
 * RoleStaff towards a block; the names of course roles travel in Context.Groups.
 */
export type Role =
  | "visitor"
  | "learner"
  | "staff"
  | "author"
  | "admin"
  | "outside"
  | "host";

/** Scope says whose a field's value is and how far it reaches: XBlock's six named scopes. */
export type Scope =
  | "content"
  | "settings"
  | "user_state"
  | "preferences"
  | "user_info"
  | "user_state_summary";

/** Kind is where a block stands. */
export type Kind =
  | "component"
  | "app"
  | "grader";

/** Fields holds field values by name. Absent is unset, the JSON null is null: XBlock's three states. */
export type Fields = Record<string, Json>;

/** Child is one child as its parent sees it. */
export interface Child {
  /** ID is the child's block id, unique among its siblings. */
  id: string;
  type: string;
  facts: Facts;
}

/**
 * OutlineRequest carries what the author set on this block itself; inherited settings are not in it, and nothing of the course
 * is: equal content is outlined once, whichever courses hold it.
 */
export interface OutlineRequest {
  fields: Fields | null;
  children?: Child[];
}

/** Outline is what the host stores of a block when it is published, so that no page, gradebook or search asks a block. */
export interface Outline {
  facts: Facts;
  /**
   * AnswerHash is a digest over all that scoring depends on. A publish that keeps it moves open sittings along. Of a block
   * that chooses, it is what the choice depends on beside the children: another one lets choose be asked again. "" for
   * blocks that do neither.
   */
  answer_hash?: string;
  /** Public is what render, handle and grade get instead of the author's text; it never holds a key. */
  public?: Blob;
  /** Secret is what vary, grade, reveal and solve get besides. */
  secret?: Blob;
}

/** Completion says how a block becomes complete. */
export type Completion =
  | ""
  | "view"
  | "submit"
  | "block"
  | "aggregate";

/** Counting says which of a learner's verdicts is the score (Open edX: grading_method). */
export type Counting =
  | "last"
  | "first"
  | "highest"
  | "average";

/** Facts are public: they reach search, outlines and the course API. Nothing in them may hint at a key. */
export interface Facts {
  /** Title is the display name; "" lets the host fall back to the type's. */
  title?: string;
  /** Icon is one of problem, video, text, discussion, other or a name from the package's assets. */
  icon?: string;
  /** MaxScore is the raw maximum, 0 or more; nil when the block does not grade. */
  max_score?: number;
  /** Weight is what the raw score is scaled to; nil keeps raw points. */
  weight?: number;
  /** Questions counts what a learner would call questions. */
  questions?: number;
  completion?: Completion;
  counts?: Counting;
  /** Varies says that vary must be asked per seed: the prepared values alone do not show what a learner gets. */
  varies?: boolean;
  /** Shuffles says that the seed changes the view although no variant is needed. */
  shuffles?: boolean;
  /**
   * Impersonal says that nothing of this content depends on who the learner is: a type that declares identity then gets no
   * pseudonym for it, and its variants are shared by all who have the seed.
   */
  impersonal?: boolean;
  /** Search is plain text for the course search. */
  search?: string;
  /** StudentView is what the mobile and course APIs show (Open edX: student_view_data); an object. */
  student_view?: Json;
  /** Files are the course files that the content names, without "/static/". */
  files?: string[];
  /** Links are the block ids that it jumps to ("/jump_to_id/ID"). */
  links?: string[];
  /**
   * Frames are hosts of other sites whose pages the content's author shows in it. A page frames no others; what a package that
   * is not part of the binary frames, its permission embed says.
   */
  frames?: string[];
  /**
   * Transcripts are those of Files that hold words of the content (captions: SRT, WebVTT, sjson, or plain text). The course
   * search reads them.
   */
  transcripts?: string[];
  /** Uploads says which files an answer may hold; nil for the host's own bounds of a form. */
  uploads?: Uploads;
  /** Unsupported names parts of the content that this version of the block cannot serve, such as response types. */
  unsupported?: string[];
  /**
   * Undrawn is what a choosing parent counts for a child that a learner has not drawn yet, in points; nil when it does
   * not choose.
   */
  undrawn?: number;
  /** Chooses says that choose must be asked which children a learner has. */
  chooses?: boolean;
}

/** VaryRequest asks for one variant. The seed stands in the context. */
export interface VaryRequest {
  public?: Blob;
  secret?: Blob;
}

/** Variant holds the values that stand in for the prepared ones. */
export interface Variant {
  public?: Blob;
  secret?: Blob;
}

/** ChooseRequest asks which children one learner has. */
export interface ChooseRequest {
  /** Fields are those that the author set, secret ones excepted. */
  fields: Fields | null;
  children: Child[] | null;
  /** Earlier is the choice stored for this learner, nil at the first time. */
  earlier?: string[];
  /** Scores holds what the declared usages earned, by usage key. */
  scores?: Record<string, Score>;
}

/** Choice lists children by id, in the order shown. */
export interface Choice {
  children: string[] | null;
}

/** Score is what one usage earned. */
export interface Score {
  earned: number;
  possible: number;
  completion: number;
}

/** CheckRequest carries fields as an author saved them. */
export interface CheckRequest {
  fields: Fields | null;
  children?: Child[];
}

/** Level says how bad a finding is. */
export type Level =
  | "error"
  | "warning"
  | "hint";

/** Finding is one remark on authored content: what is wrong, where, and how to mend it. */
export interface Finding {
  level: Level;
  /** Field, Line and Column are the place; Line and Column count from 1, 0 is unknown. */
  field?: string;
  line?: number;
  column?: number;
  message: string;
  fix?: string;
}

/** CheckReply lists findings. */
export interface CheckReply {
  findings?: Finding[];
}

/** RenderRequest asks for one view. It holds what the view declared to read and nothing else. */
export interface RenderRequest {
  view: string;
  /** Fields holds the fields that the view reads. */
  fields?: Fields;
  /** Settings holds the inherited settings that the view reads. */
  settings?: Fields;
  /**
   * Newest and Counted are the learner's verdicts, reduced to the outcome "submitted" while correctness is hidden. Where the mean
   * of several counts, Counted is the newest of them with the mean as its points.
   */
  newest?: Verdict;
  counted?: Verdict;
  /** Grading says that a submission waits for its verdict. */
  grading?: Grading;
  access?: Access;
  /** Children are the places of this learner's children, in order. */
  children?: Place[];
  /**
   * Path is what follows the view's own address, "" or starting with "/"; Query holds the declared parameters that were
   * given. Both come from the address, so they are anybody's text.
   */
  path?: string;
  query?: Record<string, string[]>;
  /** Submission is what the view [ViewGrade] shows, Evidence what settled it so far, oldest first; other views get none. */
  submission?: Submission;
  evidence?: Evidence[];
  /** Public is the prepared value or the learner's variant of it. */
  public?: Blob;
}

/** Grading describes a submission without a verdict yet. */
export interface Grading {
  /** Who grades, in words for the learner; "" for the platform. */
  who?: string;
  /** Failed says that grading failed and staff were told; the submission is kept. */
  failed?: boolean;
}

/** Place is where a parent may put a child. */
export interface Place {
  id: string;
  type: string;
  title?: string;
}

/** Gate is one permission of the host's policy. */
export interface Gate {
  open: boolean;
  /** Why names the reason of a closed gate: one of the Why constants. */
  why?: string;
  /** Changes is when the gate changes by itself, in milliseconds since 1970 UTC; 0 is never. */
  changes?: number;
}

/** Access is what the host's policy allows a learner now; the same rules for every block. Blocks never compare dates. */
export interface Access {
  submit: Gate;
  save: Gate;
  reset: Gate;
  /** Answer says whether the answer may be revealed. */
  answer: Gate;
  /** Correctness says whether verdicts may be shown. */
  correctness: Gate;
  /** Tries counts submissions since staff last reset the learner; MaxTries is nil when unlimited. */
  tries: number;
  max_tries?: number;
}

/** Fragment is what a view shows. */
export interface Fragment {
  /**
   * HTML is the view's markup, without a form element. In attribute values the host replaces, after caching:
   * "quoin:form" (the id of the form that controls join by form=), "quoin:id/NAME" (an id that is unique on the page),
   * "quoin:asset/NAME", "quoin:file/HASH" (what the learner uploaded here), "quoin:handler/NAME" and "quoin:view/NAME" (addresses; the last may go on with a path and with
   * "?" and the parameters that the view declared). [PlaceTag] elements are replaced by children.
   */
  html?: Blob;
  /** Styles and Scripts name assets of the package, loaded once a page. */
  styles?: string[];
  scripts?: string[];
  /** Element is the custom element that wraps the view when its script runs; Init is given to it. */
  element?: string;
  init?: Json;
  /**
   * Bundle names an author's archive (a course file) that is unpacked and served at an origin of its own; Entry is the
   * page in it.
   */
  bundle?: string;
  entry?: string;
  /** Height suggests a frame's height in CSS pixels; 0 lets the content tell. */
  height?: number;
  /** Marking is what a grader chooses by, from the view [ViewGrade] alone; nil takes points for the whole, as the score itself. */
  marking?: Marking;
}

/** RevealRequest asks for the shown answer. The host calls it only when access says so. */
export interface RevealRequest {
  public?: Blob;
  secret?: Blob;
  /** Answers is the learner's newest submission, null when there is none. */
  answers?: Json;
}

/** Revealed is the answer as it is shown. */
export interface Revealed {
  /** HTML stands below the view. */
  html?: Blob;
  /** Answers are the right answers by input, for APIs and for marking inputs. */
  answers?: Record<string, string>;
}

/**
 * Service names something that a block may read or ask during a call. Services never write. Each needs the permission of
 * its name in block.json with the author's reason; the host fixes block, course, caller and subject of every call.
 */
export type Service =
  | "documents"
  | "children"
  | "users"
  | "files"
  | "scores"
  | "enrolments"
  | "script"
  | "search"
  | "keys"
  | "http";

/** ServiceCall is the envelope of a service request; the method's struct is the body. */
export interface ServiceCall {
  service: Service;
  method: string;
}

/** Document is one of the block's own, as stored. */
export interface Document {
  id: string;
  version: number;
  body: Json;
}

/** DocumentGet asks documents.get for one document; the reply is a [DocumentFound]. */
export interface DocumentGet {
  collection: string;
  id: string;
}

/** DocumentFound holds the document, nil when there is none. */
export interface DocumentFound {
  document?: Document;
}

/** DocumentFind asks documents.find for a stretch of an index; the reply is [DocumentsFound]. */
export interface DocumentFind {
  collection: string;
  /** Index is a declared one, "" for the id. */
  index?: string;
  equal?: Json[];
  /** From (inclusive) and To (exclusive) bound the field after Equal; Prefix bounds it to strings that start so. */
  from?: Json;
  to?: Json;
  prefix?: string;
  reverse?: boolean;
  /** Limit is 1 to 1000; 0 is 100. */
  limit?: number;
  after?: string;
  /** Count asks for the number of matches, up to Limit, instead of the documents. */
  count?: boolean;
}

/** DocumentsFound is one page. */
export interface DocumentsFound {
  documents?: Document[];
  next?: string;
  count?: number;
}

/** ChildrenList asks children.list for this block's children as published; the reply is [ChildrenFound]. */
export type ChildrenList = Record<string, never>;

/** ChildrenFound lists children. */
export interface ChildrenFound {
  children?: Child[];
}

/** UsersGet asks users.get about people of the run; unknown ones are left out of [UsersFound]. */
export interface UsersGet {
  ids: string[] | null;
}

/** UsersFound lists people. */
export interface UsersFound {
  users?: User[];
}

/** User is what a block may know of a person. */
export interface User {
  /** pseudonym */
  id: string;
  username: string;
  name?: string;
  groups?: string[];
  locale?: string;
  zone?: string;
}

/**
 * FileRead asks files.read for a course file by Path ("python_lib.zip") or for a part of an answer by Hash; the reply is
 * [FileFound].
 */
export interface FileRead {
  path?: string;
  hash?: string;
}

/** FileFound holds a file of at most MaxBlob bytes. */
export interface FileFound {
  file: File;
  data?: Blob;
}

/** ScoresGet asks scores.get what learners earned at usages of the run; the reply is [ScoresFound]. */
export interface ScoresGet {
  learners: string[] | null;
  usages: string[] | null;
}

/** ScoresFound holds scores by learner and usage. */
export interface ScoresFound {
  scores?: Record<string, Record<string, Score>>;
}

/** EnrolmentsFind asks enrolments.find for the people of the run; the reply is [EnrolmentsFound]. */
export interface EnrolmentsFind {
  /** Group restricts to a course role, cohort or content group; Learner to one person. */
  group?: string;
  learner?: string;
  limit?: number;
  after?: string;
}

/** EnrolmentsFound is one page. */
export interface EnrolmentsFound {
  enrolments?: Enrolment[];
  next?: string;
}

/** Enrolment is one person's. */
export interface Enrolment {
  learner: string;
  mode: string;
  active: boolean;
  /** Since is in milliseconds since 1970 UTC. */
  since: number;
}

/**
 * ScriptRun asks script.run to run an author's or a learner's program in the sandbox; the reply is [ScriptDone]. Equal requests
 * give equal replies, and the host caches them. A run sees nothing but what stands here and leaves no trace for the next.
 */
export interface ScriptRun {
  /** Language is "python", "javascript", or "sql" (SQLite, an empty database for each run). */
  language: string;
  /**
   * Prelude lays out what the code expects to find: "capa" is what scripts of Open edX's problems find, Python 2's random
   * numbers among it, seeded; "" is plain Python with a seeded random.
   */
  prelude?: string;
  code: string;
  /**
   * Globals are set before the code runs. A number that JSON does not have is {"$float": "nan"}, "inf" or "-inf", here and in
   * the reply.
   */
  globals?: Json;
  /** Want names the globals to give back; empty gives back all that JSON can hold. */
  want?: string[];
  seed: number;
  /** Files are course files that the program may import from, such as python_lib.zip. */
  files?: string[];
  /** Stdin is what the program reads from standard input. */
  stdin?: string;
  /**
   * Setup runs before Code and is its author's: functions that the code may call, tables that it may ask. It had better print
   * nothing. Lines are counted without it.
   */
  setup?: string;
  /** Call is an expression that is evaluated after Code, in Python and JavaScript; its value is in the reply as text. */
  call?: string;
  /** Fuel bounds the run in steps of about an instruction; 0, or more than the host allows, is the host's bound. */
  fuel?: number;
  /**
   * Output bounds what the program prints, in bytes: one that prints more is stopped, and no globals come back but those of
   * Want. With 0 the beginning of what is printed is kept.
   */
  output?: number;
}

/** ScriptDone is what the program left behind. */
export interface ScriptDone {
  globals?: Json;
  stdout?: string;
  /** Value is what Call came to, as its language writes it. */
  value?: string;
  /** Failed says what went wrong, in words for the author; nil when nothing did. */
  failed?: ScriptError;
}

/** ScriptError is an author's mistake. */
export interface ScriptError {
  /** Class is the exception's: "NameError". */
  class: string;
  message: string;
  /** Line counts from 1 in the author's code; 0 is unknown. */
  line?: number;
  /** Limit names the limit that the sandbox stopped the program at, see [LimitTime]; "" when it failed by itself. */
  limit?: string;
  /** Setup says that it was Setup that failed. */
  setup?: boolean;
}

/** SearchQuery asks search.query in the run's texts; the reply is [SearchFound]. */
export interface SearchQuery {
  text: string;
  limit?: number;
}

/** SearchFound lists hits, best first; only what the caller may see. */
export interface SearchFound {
  hits?: SearchHit[];
}

/** SearchHit is one. */
export interface SearchHit {
  usage?: string;
  id?: string;
  /** Path is the block's page on which the text stands, where the block put the text there itself. */
  path?: string;
  title: string;
  excerpt?: string;
}

/** KeySign asks keys.sign to sign with a secret that the block names but never sees; the reply is [KeySigned]. */
export interface KeySign {
  /** Secret is a handle: the name of a field of type key, or one that the manifest names. */
  secret: string;
  /** Algorithm is HS256, RS256 (JWT of Claims) or hmac-sha256 and hmac-sha1 (of Payload). */
  algorithm: string;
  claims?: Json;
  payload?: Blob;
}

/** KeySigned is a JWT, or a signature in base64 (standard alphabet, padded). */
export interface KeySigned {
  signature: string;
}

/** KeyVerify asks keys.verify about a signature or JWT; the reply is [KeyVerified]. */
export interface KeyVerify {
  secret?: string;
  /** KeySet is the address of an issuer's key set, for RS256; the host fetches and caches it. */
  key_set?: string;
  algorithm: string;
  /** Payload is what was signed, byte for byte; JWTs carry their own. */
  payload?: Blob;
  /** Signature is a JWT, or a signature in base64 (standard or URL alphabet, padded or not) or in hexadecimal. */
  signature: string;
}

/** KeyVerified says whether it holds, and what a JWT claims. */
export interface KeyVerified {
  valid: boolean;
  claims?: Json;
}

/** KeySetPublish asks keys.publish for the address of the block's own public keys; the reply is [KeySetPublished]. */
export type KeySetPublish = Record<string, never>;

/** KeySetPublished is the address. */
export interface KeySetPublished {
  url: string;
}

/**
 * HTTPDo asks http.do for an outside request, in task and grade only; the reply is [HTTPDone]. A call that runs again is
 * given the recorded reply. Replies by which the other side asks to try again (see [HTTPDone.Passing]) are not recorded, so
 * that a call which fails by one and runs again later asks again, under the same key.
 */
export interface HTTPDo {
  method: string;
  url: string;
  /** Headers may hold {{secret:HANDLE}}, which the host fills in for the one host that the secret is for. */
  headers?: Record<string, string>;
  body?: Blob;
  /** Key identifies the request among those of this call: the idempotency key. */
  key: string;
  /** Timeout in milliseconds, at most 30 000; 0 is 10 000. */
  timeout?: number;
}

/** HTTPDone is what came back. */
export interface HTTPDone {
  status: number;
  headers?: Record<string, string>;
  body?: Blob;
}

/** Where the blobs of each message stand: members divided by dots, [] after a list. */
export const blobs: Record<string, string[]> = {
  ImportRequest: ["xml", "files[].data"],
  OLXFile: ["data"],
  ExportReply: ["xml", "files[].data"],
  Effect: ["file.data"],
  KeepFile: ["data"],
  GradeRequest: ["public", "secret"],
  SolveRequest: ["public", "secret"],
  ReportRequest: ["submissions[].public", "submissions[].secret"],
  ReportSubmission: ["public", "secret"],
  HandleRequest: ["body", "public"],
  HTTP: ["body"],
  HandleReply: ["body", "effects[].file.data"],
  MountRequest: ["body"],
  MountReply: ["body", "effects[].file.data"],
  EffectsReply: ["effects[].file.data"],
  Outline: ["public", "secret"],
  VaryRequest: ["public", "secret"],
  Variant: ["public", "secret"],
  RenderRequest: ["public"],
  Fragment: ["html"],
  RevealRequest: ["public", "secret"],
  Revealed: ["html"],
  FileFound: ["data"],
  KeySign: ["payload"],
  KeyVerify: ["payload"],
  HTTPDo: ["body"],
  HTTPDone: ["body"],
};
