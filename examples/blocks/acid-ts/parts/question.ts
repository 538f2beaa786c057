import { block, content, ok, preferences, userState, type Call, type Graded, type ValuesOf } from "@quoin/sdk";
import type { File, Json, Score, Verdict } from "@quoin/sdk";
import { serveMount, secretName } from "./services.ts";
import { collections, words, type Results } from "./shared.ts";
import { work } from "./tasks.ts";
import { askedOf, codeOf, takeNote, Trial, type Step } from "./trial.ts";
import { questionView } from "./view.ts";

const fields = {
  planted: content.string({ default: "planted-by-the-author", secret: true, title: "A key", help: "No learner may ever see it." }),
  draft: userState.string({ default: "" }),
  /** Preferences, since a reset takes the state of a question away. */
  question_results: preferences.object<Results>(),
};

type Values = ValuesOf<typeof fields> & { stored: Record<string, unknown> };
type Public = { drawn: number };
type Secret = { planted: string; sealed: number };

/** The question's points. */
const possible = 2;

interface Answer {
  do: string;
  tag: string;
  address?: string;
}

/** What grade was told, as the verdict's data carries it. */
interface Data {
  tag: string;
  submission: string;
  attempt: number;
  digest: string;
  planted: boolean;
  sealed: number;
  drawn: number;
  evidence: number;
  codes: Record<string, string>;
  text: string;
}

const points: Record<string, number> = { full: possible, partial: 1, zero: 0, over: 5, pending: 0, services: 0, script: 0, http: 0, file: 0 };

function grade(call: Call, s: Graded<Public, Secret>): Verdict {
  const answer = s.answers as unknown as Partial<Answer> | null;
  const data: Data = {
    tag: answer?.tag ?? "", submission: s.id, attempt: s.attempt, digest: `${s.id} ${s.attempt} ${s.at} ${JSON.stringify(s.answers)}`,
    planted: (s.secret.planted ?? "") !== "", sealed: s.secret.sealed, drawn: s.public.drawn, evidence: s.evidence.length, codes: {}, text: "",
  };
  const told = (): Json => data as unknown as Json;
  const earned = points[answer?.do ?? ""];
  if (earned === undefined) return { outcome: "invalid", earned: 0, possible, message: call.t("invalid"), data: told() };
  if (answer?.do === "pending" && s.evidence.length === 0) return { outcome: "pending", earned: 0, possible, message: call.t("pending"), data: told() };
  byServices(call, data, answer as Answer, s.files ?? []);
  return { outcome: "scored", earned, possible, data: told() };
}

/** Notes what services say while an answer is graded. */
function byServices(call: Call, data: Data, answer: Answer, files: File[]): void {
  const note = (name: string, ask: () => unknown): void => {
    try {
      const came = ask();
      if (typeof came === "string") data.text = came;
    } catch (error) {
      data.codes[name] = codeOf(error) || "fault";
      data.text = error instanceof Error ? error.message : String(error);
    }
  };
  if (answer.do === "services") {
    note("documents", () => call.documents({ collection: "things" }));
    note("users", () => call.users("somebody"));
    note("scores", () => call.scores(["somebody"], []));
    note("search", () => call.search("anything"));
    note("keys", () => call.sign({ secret: secretName, algorithm: "hmac-sha256" }));
  }
  if (answer.do === "script") note("script", () => JSON.stringify(call.script({ language: "python", code: "x = 6 * 7", want: ["x"], seed: 1 }).globals ?? null));
  if (answer.do === "http") note("http", () => String(call.http({ method: "GET", url: `${answer.address}/hook/graded`, key: "grade" }).body ?? ""));
  if (answer.do === "file") for (const file of files) note("files", () => String(call.file({ hash: file.hash }).data));
}

interface Memo {
  tag: string;
  tries: number;
  seed: number;
  digest: string;
}

type T = Trial<Values>;

const hand = (act: string): Step<Values> => (t) => {
  const memo: Memo = { tag: t.call.random.id(), tries: t.given.access?.tries ?? 0, seed: t.call.seed, digest: "" };
  t.reply.submit({ do: act, tag: memo.tag, address: t.call.context.address ?? "" });
  t.keep(memo);
};

const dataOf = (t: T): Data | undefined => t.given.newest?.data as unknown as Data | undefined;

/** Waits for the verdict of the row's answer and looks at it. */
const judged = (look: (t: T, data: Data, memo: Memo, newest: Verdict) => void): Step<Values> => (t) => {
  const memo = t.kept<Memo>();
  const [data, newest] = [dataOf(t), t.given.newest];
  if (newest?.outcome === "submitted") t.red("correctness is hidden here: the course team must let verdicts be shown");
  else if (!data || !newest || data.tag !== memo.tag) t.wait("there is no verdict");
  else look(t, data, memo, newest);
};

const earned = (points: number): Step<Values> =>
  judged((t, _data, _memo, newest) => t.holds(newest.outcome === "scored" && newest.earned === points && newest.possible === possible, newest));

const own = (t: T): Score | undefined => {
  const usage = t.call.context.usage ?? "";
  return t.call.scores([t.me], [usage])[t.me]?.[usage];
};

/** What a service answered in grade: something right, an error, or that it is not there. */
const said = (t: T, data: Data, name: string, right: boolean): void => {
  const code = data.codes[name] ?? "";
  if (code === "") t.holds(right, data.text);
  else if (code === "unavailable" || data.text.includes("does not name the host")) t.says("none", data.text);
  else t.red(data.text);
};

const answerText = "an answer of the acid test";
const answerHash = "e4688ab84900c23daf1e1880ee690265c110c80e04c7ea6df5fe36b93e9ed6cc";

const checks: Record<string, Step<Values>[]> = {
  "question.full": [hand("full"), earned(possible)],
  "question.partial": [hand("partial"), earned(1)],
  "question.counted": [hand("zero"), judged((t, _data, _memo, newest) => t.holds(newest.earned === 0 && t.given.counted?.earned === possible, t.given.counted))],
  "question.clamped": [hand("over"), judged((t) => t.holds(own(t)?.earned === possible, own(t)))],
  "question.invalid": [hand("nonsense"), judged((t, _data, memo, newest) =>
    t.holds(newest.outcome === "invalid" && !!newest.message && t.given.access?.tries === memo.tries, [newest.outcome, memo.tries, t.given.access?.tries]))],
  "question.tries": [hand("zero"), judged((t, data, memo) =>
    t.holds(t.given.access?.tries === memo.tries + 1 && data.attempt === memo.tries + 1, [memo.tries, t.given.access?.tries, data.attempt]))],
  "question.pending": [
    hand("pending"),
    judged((t, _data, _memo, newest) => {
      const gate = t.given.access?.submit;
      if (newest.outcome !== "pending" || gate?.open !== false || gate.why !== "pending") t.red(JSON.stringify([newest.outcome, gate]));
    }),
    (t) => void t.reply.submit({ do: "zero", tag: "" }),
    (t) => t.holds(t.asked.said !== "", "another answer was taken"),
  ],
  "question.settle": [
    (t) => {
      const data = dataOf(t);
      if (t.given.newest?.outcome !== "pending" || !data) return t.red("no answer is pending");
      const tag = t.call.random.id();
      t.reply.schedule("job", { tag, mode: "settle", submission: data.submission }, { key: tag });
      t.keep({ tag: data.tag, digest: data.digest });
    },
    (t) => {
      const [data, memo] = [dataOf(t), t.kept<Memo>()];
      if (!data || data.tag !== memo.tag || t.given.newest?.outcome === "pending") return t.wait("the evidence settled nothing");
      t.holds(t.given.newest?.outcome === "scored" && data.evidence === 1, data);
      const equal = data.digest === memo.digest;
      t.also["question.replay"] = { state: equal ? "green" : "red", note: equal ? "" : `first ${memo.digest} was graded, then ${data.digest}` };
    },
  ],
  "question.replay": [(t) => {
    const before = t.results["question.replay"];
    if (before?.state === "green" || before?.state === "red") t.says(before.state, before.note);
    else t.red("nothing was graded again");
  }],
  "question.forbidden": [hand("services"), judged((t, { codes }) =>
    t.holds(["documents", "users", "scores", "search", "keys"].every((name) => codes[name] === "forbidden"), codes))],
  "question.script": [hand("script"), judged((t, data) => said(t, data, "script", data.text.includes("42")))],
  "question.http": [hand("http"), judged((t, data) => said(t, data, "http", data.text.includes("/graded")))],
  "question.file": [
    (t) => {
      hand("file")(t);
      t.reply.reply.effects = [];
      const file = { name: "answer.txt", type: "text/plain" };
      t.reply.effect({ file: { ...file, data: answerText } });
      t.reply.submit({ do: "file", tag: (t.memo as Memo).tag }, [{ ...file, size: answerText.length, hash: answerHash }]);
    },
    judged((t, data) => said(t, data, "files", data.text === answerText)),
  ],
  "question.secret": [hand("zero"), judged((t, data) =>
    t.holds(data.planted && !("planted" in t.given.public) && !("planted" in t.fields.stored), [data.planted, t.given.public]))],
  "question.vary": [hand("zero"), judged((t, data) => {
    const seed = t.call.seed;
    t.holds(t.given.public["drawn"] === seed * 3 && data.drawn === seed * 3 && data.sealed === seed * 7, [seed, t.given.public, data.drawn, data.sealed]);
  })],
  "question.seed": [hand("zero"), (t) => t.holds(t.call.context.seed !== undefined && t.call.seed === t.kept<Memo>().seed, [t.kept<Memo>().seed, t.call.seed])],
  "question.score": [(t) => {
    const score = own(t);
    t.holds(score?.earned === possible && score.possible === possible && score.completion === 1, score);
  }],
  "question.reset": [
    (t) => {
      t.fields.draft = t.call.random.id();
      t.keep({ tries: t.given.access?.tries ?? 0, seed: t.call.seed });
      t.next = { press: "@reset" };
    },
    (t) => {
      const memo = t.kept<Memo>();
      const fresh = t.fields.draft === "" && !t.given.newest && t.given.access?.tries === memo.tries && t.call.seed !== memo.seed;
      t.holds(fresh, [t.fields.draft, !!t.given.newest, memo.tries, t.given.access?.tries, memo.seed, t.call.seed]);
    },
  ],
};

const mount = { roles: ["outside" as const], reads: { user: true, role: true, usage: true } };

export const question = block({
  fields,
  messages: words,
  collections,
  rerandomize: "onreset",

  outline: (_call, { planted }): { facts: { title: string; icon: string; max_score: number; questions: number; completion: "submit"; counts: "highest"; varies: boolean }; public: Public; secret: Secret } => ({
    facts: { title: "Acid question", icon: "problem", max_score: possible, questions: 1, completion: "submit", counts: "highest", varies: true },
    public: { drawn: -1 },
    secret: { planted, sealed: 0 },
  }),
  vary: (call, _shown, secret) => ({ public: { drawn: call.seed * 3 }, secret: { planted: secret.planted, sealed: call.seed * 7 } }),

  views: {
    learner: {
      reads: { locale: true, prepared: true, verdict: true, access: true, fields: ["question_results", "draft"] },
      render: (call, { fields: { question_results }, access }) => questionView(call, question_results, access?.submit.open ?? false),
    },
  },

  handlers: {
    run: {
      roles: ["learner"], grades: true,
      reads: { user: true, seed: true, clock: true, locale: true, usage: true, prepared: true, verdict: true, access: true, fields: ["question_results", "draft"] },
      handle: (call, request) => {
        const asked = askedOf(request);
        const values = Object.assign(request.fields, { stored: request.stored }) as Values;
        return new Trial(call, asked, values, values.question_results, request).run(checks[asked.row]);
      },
    },
    submit: { roles: ["learner"], grades: true, reads: {}, handle: (_call, { form = {} }) => ok().submit({ do: form["do"]?.[0] ?? "", tag: "" }) },
    note: {
      roles: ["learner"], reads: { fields: ["question_results"] },
      handle: (_call, request) => takeNote(request.fields.question_results, "question", request),
    },
  },

  mounts: { hook: { ...mount, serve: (call, _fields, r) => serveMount(call, "", r) }, members: { ...mount, roles: ["learner"], serve: (call, _fields, r) => serveMount(call, "", r) } },
  tasks: { job: (call, fields, task) => work(call, task, { secrets: fields.planted !== "planted-by-the-author", total: 0, place: "" }) },
  grade,
  reveal: () => ({ answers: { do: "full" } }),
  solve: () => ({ input: { handler: "submit", form: { do: ["full"] } } }),
  samples: () => [{
    name: "question", title: "A question",
    answers: (["full", "partial", "zero", "invalid", "pending"] as const).map((expect) => ({ expect, input: { handler: "submit", form: { do: [expect] } } })),
  }],
});

