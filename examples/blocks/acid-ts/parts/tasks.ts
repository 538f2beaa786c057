import { ok, type Call, type Reply } from "@quoin/sdk";
import type { Json, TaskRequest } from "@quoin/sdk";
import { codeOf, type Step, type Trial } from "./trial.ts";

/** One outside request, below the block's own address unless the address is whole. */
export interface Request {
  key: string;
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string;
}

/** What a task is asked to do. */
export interface Job {
  tag: string;
  mode: "plain" | "pages" | "ask" | "settle";
  left?: number;
  asks?: Request[];
  submission?: string;
}

/** What came of a request. */
export interface Response {
  status: number;
  location?: string;
  body?: Record<string, unknown>;
  text?: string;
  code?: string;
  message?: string;
}

/** What a task or an event leaves behind. */
export interface Ran {
  tag: string;
  what: string;
  role?: string;
  key?: string;
  address?: string;
  now?: number;
  left?: number;
  place?: string;
  secrets?: boolean;
  total?: number;
  answers?: Response[];
}

/** Does a job and writes down what it was told. */
export function work(call: Call, task: TaskRequest, seen: Partial<Ran>): Reply {
  const job = task.payload as unknown as Job;
  const left: Ran = {
    ...seen, tag: job.tag, what: "task", left: job.left ?? 0, role: call.context.role ?? "", key: task.key, address: call.context.address ?? "", now: call.now,
  };
  const reply = ok();
  if (job.mode === "pages" && (job.left ?? 0) > 1) reply.again({ ...job, left: job.left! - 1 } as unknown as Json);
  if (job.mode === "settle") reply.settle(job.submission ?? "", { tag: job.tag });
  if (job.mode === "ask") left.answers = (job.asks ?? []).map((ask) => send(call, ask));
  return reply.insert("ran", left as unknown as Json).result(job.tag);
}

function send(call: Call, ask: Request): Response {
  try {
    const url = ask.url.startsWith("/") ? `${call.context.address ?? ""}${ask.url}` : ask.url;
    const done = call.http({ method: ask.method, url, key: ask.key, headers: ask.headers ?? {}, body: ask.body ?? "" });
    const answer: Response = { status: done.status, location: done.headers?.["location"] ?? "", text: String(done.body ?? "") };
    try {
      answer.body = JSON.parse(answer.text ?? "") as Record<string, unknown>;
    } catch {
      // An answer that is no JSON has a status all the same.
    }
    return answer;
  } catch (error) {
    return { status: 0, code: codeOf(error), message: error instanceof Error ? error.message : String(error) };
  }
}

/** Schedules a job of the row and keeps its tag. */
export const begin = (job: (tag: string) => Omit<Job, "tag">): Step<any> => (t: Trial<unknown>) => {
  const tag = t.call.random.id();
  t.reply.schedule("job", { ...job(tag), tag } as unknown as Json, { key: tag });
  t.keep(tag);
};

/** What the jobs of a tag left. */
export const runsOf = (t: Trial<unknown>, tag: string): Ran[] =>
  (t.call.documents({ collection: "ran", index: "by_tag", equal: [tag] }).documents ?? []).map((found) => found.body as unknown as Ran);

/** Waits until the row's job has run, and looks at what it left. */
export const after = (look: (t: Trial<any>, left: Ran) => void): Step<any> => (t: Trial<unknown>) => {
  const [left] = runsOf(t, t.kept<string>());
  if (left) look(t, left);
  else t.wait("the task did not run");
};

interface Timed {
  tag: string;
  due: number;
}

const scheduled = (t: Trial<unknown>, kept: Timed, at: number, left: number): unknown =>
  t.reply.schedule("job", { tag: kept.tag, mode: "plain", left }, { key: `row ${kept.tag}`, at });

/** Schedules a task and then, under the same name and key, another one or none. */
const replaced = (cancel: boolean): Step<any>[] => [
  (t) => {
    const kept: Timed = { tag: t.call.random.id(), due: t.call.now + 1000 };
    scheduled(t, kept, kept.due, 1);
    t.keep(kept);
  },
  (t) => {
    const kept = t.kept<Timed>();
    if (cancel) t.reply.effect({ schedule: { task: "job", key: `row ${kept.tag}`, cancel: true } });
    else scheduled(t, kept, t.call.now + 1000, 2);
  },
  (t) => {
    const { tag, due } = t.kept<Timed>();
    const left = runsOf(t, tag);
    const over = t.call.now > due + 3000;
    if (cancel && left.length > 0) t.red("it ran nevertheless");
    else if (cancel && over) t.green();
    else if (!cancel && over && left.length > 0) t.holds(left.length === 1 && left[0]?.left === 2, left);
    else t.wait("it did not run");
  },
];

export const taskChecks: Record<string, Step<any>[]> = {
  "tasks.run": [begin(() => ({ mode: "plain" })), after((t, left) =>
    t.holds(left.role === "host" && left.key !== "" && left.address === t.call.context.address && (left.now ?? 0) > 0, left))],
  "tasks.fields": [
    (t) => {
      begin(() => ({ mode: "plain" }))(t);
      t.reply.increment("total");
    },
    after((t, left) => t.holds(left.secrets === false && left.place === t.given.public["place"] && (left.total ?? 0) > 0, left)),
  ],
  "tasks.again": [begin(() => ({ mode: "pages", left: 3 })), (t) => {
    const left = runsOf(t, t.kept<string>());
    if (left.length < 3) t.wait(`${left.length} of 3 pages were done`);
    else t.holds(left.length === 3 && new Set(left.map((one) => one.left)).size === 3, left);
  }],
  "tasks.later": [
    (t) => {
      const kept: Timed = { tag: t.call.random.id(), due: t.call.now + 1500 };
      scheduled(t, kept, kept.due, 1);
      t.keep(kept);
    },
    (t) => {
      const { tag, due } = t.kept<Timed>();
      const [left] = runsOf(t, tag);
      if (left) t.holds((left.now ?? 0) >= due, `it ran ${due - (left.now ?? 0)} ms too early`);
      else t.wait("the task did not run");
    },
  ],
  "tasks.replace": replaced(false),
  "tasks.cancel": replaced(true),
};
