// The rows about fields, about what a call is told, and about calls.
import { refuse, type Call, type Reply } from "@quoin/sdk";
import type { Json } from "@quoin/sdk";
import type { Values } from "./fields.ts";
import type { Step, Trial } from "./trial.ts";

type Steps = Record<string, Step<Values>[]>;

/** What one call writes the next one reads. */
const stored = (name: "word" | "pref" | "info"): Step<Values>[] => [
  (t) => t.keep((t.fields[name] = t.call.random.id())),
  (t) => t.holds(t.fields[name] === t.kept<string>(), `${t.kept<string>()} was stored, ${t.fields[name]} came`),
];

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const three = (t: Trial<Values>): Json | undefined => t.fields.stored["three"] as Json | undefined;

export const fieldChecks: Steps = {
  "fields.user_state": stored("word"),
  "fields.preferences": stored("pref"),
  "fields.user_info": stored("info"),
  "fields.three": [
    (t) => void t.reply.unset("three"),
    (t) => (three(t) !== undefined ? t.red(`unset came as ${three(t)}`) : void t.reply.set("three", null)),
    (t) => (three(t) !== null ? t.red(`null came as ${three(t)}`) : void t.reply.set("three", 5)),
    (t) => (three(t) !== 5 || t.fields.three !== 5 ? t.red(`5 came as ${three(t)}`) : void t.reply.unset("three")),
    (t) => t.holds(three(t) === undefined && t.fields.three === null, `unset came as ${three(t)}`),
  ],
  "fields.default": [(t) => void t.reply.unset("word"), (t) => t.holds(t.fields.word === "unwritten", t.fields.word)],
  "fields.sum": [
    (t) => {
      t.keep(t.fields.total);
      t.reply.increment("total", 2).increment("total", 3);
    },
    (t) => t.holds(t.fields.total >= t.kept<number>() + 5, `${t.kept<number>()} and 5 came to ${t.fields.total}`),
  ],
  "fields.counters": [
    (t) => {
      t.keep([t.fields.tally[t.mine] ?? 0, t.fields.tally[`${t.mine} other`] ?? 0]);
      t.reply.increment("tally", 5, t.mine).increment("tally", -2, t.mine).increment("tally", 1, `${t.mine} other`);
    },
    (t) => {
      const [one = 0, other = 0] = t.kept<number[]>();
      t.holds(t.fields.tally[t.mine] === one + 3 && t.fields.tally[`${t.mine} other`] === other + 1, t.fields.tally);
    },
  ],
  "fields.list": [
    (t) => {
      const token = t.call.random.id();
      for (const end of "abcde") t.reply.append("recent", token + end);
      t.keep(token);
    },
    (t) => t.holds(same(t.fields.recent, [..."cde"].map((end) => t.kept<string>() + end)), t.fields.recent),
  ],
  "fields.many": [
    (t) => {
      t.fields.own = [];
      t.keep(t.fields.tally[t.mine] ?? 0);
      t.next = { handler: "bump", times: 10 };
    },
    (t) => {
      const counted = (t.fields.tally[t.mine] ?? 0) - t.kept<number>();
      t.holds(same(t.fields.own, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) && counted === 10, `ten calls left ${t.fields.own} and counted ${counted}`);
    },
  ],
  "fields.undeclared": [
    (t) => {
      const token = t.call.random.id();
      t.reply.set("hidden", token);
      t.keep(token);
    },
    (t) => {
      if (t.fields.stored["hidden"] !== undefined) t.red("a field that was not declared came");
      t.next = { handler: "peek" };
    },
    (t) => t.holds(t.fields.hidden === t.kept<string>(), `where it was declared it came as ${t.fields.hidden}`),
  ],
  "fields.authored": [(t) => t.holds(!["title", "place"].some((name) => name in t.fields.stored) && t.given.public["place"] !== undefined, t.given.public)],
  "fields.secret": [(t) => t.holds(!["planted", "typed"].some((name) => name in t.fields.stored || name in t.given.public && name === "planted"), t.given.public)],
};

/** What a call is told in the first steps and, by the handler that declares nothing, in the last. */
const told = (declared: (t: Trial<Values>) => [what: string | number, right: boolean], absent: (t: Trial<Values>) => boolean): Step<Values>[] => [
  (t) => {
    const [what, right] = declared(t);
    if (!right) t.red(`${what} came`);
    t.keep(what);
  },
  (t) => {
    const [what, right] = declared(t);
    if (!right || what < t.kept<string | number>()) t.red(`first ${t.kept<string>()} came, then ${what}`);
    t.next = { handler: "peek" };
  },
  (t) => t.holds(absent(t), "a call that did not declare it was told"),
];

export const readChecks: Steps = {
  "reads.clock": told((t) => [t.call.now, t.call.now > 0], (t) => t.call.now === 0),
  "reads.user": told((t) => [t.me, t.me !== ""], (t) => t.me === "" && !t.call.context.caller),
  "reads.locale": told(
    (t) => [`${t.call.context.locale} ${t.call.context.zone}`, t.call.context.locale === t.asked.language && !!t.call.context.zone],
    (t) => !t.call.context.locale && !t.call.context.zone,
  ),
  "reads.usage": told(
    ({ call: { context } }) => [
      context.usage ?? "",
      !!context.run?.startsWith("course-v1:") && !!context.usage?.includes(`type@${context.block}+`) && !!context.address?.startsWith("http"),
    ],
    ({ call: { context } }) => !context.run && !context.usage && !context.address,
  ),
  "reads.settings": [
    (t) => {
      const given = t.given.settings ?? {};
      const strange = Object.keys(given).filter((name) => name !== "graded" && name !== "due");
      if (strange.length > 0 || typeof given["graded"] !== "boolean") t.red(JSON.stringify(given));
      t.next = { handler: "peek" };
    },
    (t) => t.holds(Object.keys(t.given.settings ?? {}).length === 0, t.given.settings),
  ],
  "reads.seed": [(t) => (t.call.seed === 1 ? undefined : t.red(String(t.call.seed))), (t) => t.holds(t.call.seed === 1, String(t.call.seed))],
  "reads.random": [
    (t) => {
      if (!/^[0-9a-f]{32}$/.test(t.call.context.random ?? "")) t.red(`chance is fed by ${t.call.context.random}`);
      t.keep(t.call.random.id());
    },
    (t) => t.holds(t.call.random.id() !== t.kept<string>(), "two calls drew the same"),
  ],
  "reads.outline": [(t) => t.holds(same(t.given.public["children"], t.call.children().map((child) => child.id)) && t.given.public["typed"] === false, t.given.public)],
};

/** A call that fails changes nothing. said is asked of the words that the page got. */
export const voided = (act: (t: Trial<Values>) => unknown, said: (t: Trial<Values>) => boolean = () => true): Step<Values>[] => [
  (t) => t.keep([t.fields.word, t.fields.tally[t.mine] ?? 0]),
  (t) => {
    t.fields.word = `void ${t.call.random.id()}`;
    t.reply.increment("tally", 1, t.mine);
    act(t);
  },
  (t) => {
    if (t.asked.said === "") t.red("it was taken");
    else if (!same(t.kept(), [t.fields.word, t.fields.tally[t.mine] ?? 0])) t.red(`it changed ${t.kept<unknown[]>()} to ${t.fields.word}, ${t.fields.tally[t.mine]}`);
    else t.holds(said(t), `the page was told: ${t.asked.said}`);
  },
];

const elsewhere = (handler: string): Step<Values>[] => [
  (t) => void (t.next = { handler }),
  (t) => t.red(`${handler} answered`),
  (t) => t.holds(t.asked.said !== "", `${handler} answered`),
];

const world = globalThis as unknown as { leftover?: string; fetch?: unknown; require?: unknown; process?: unknown; XMLHttpRequest?: unknown };

export const callChecks: Steps = {
  "calls.memory": [
    (t) => {
      if (world.leftover) t.red(`${world.leftover} is left of an earlier call`);
      world.leftover = t.call.random.id();
    },
    (t) => t.holds(!world.leftover, `${world.leftover} is left of the call before`),
  ],
  "calls.sandbox": [(t) => t.holds(!world.fetch && !world.require && !world.process && !world.XMLHttpRequest, Object.keys(world))],
  "calls.endless": voided((t) => {
    for (let n = 0; ; n++) t.asked.step = n;
  }),
  "calls.refuse": voided((t) => {
    throw refuse(t.call.t("refused"));
  }, (t) => t.asked.said.includes(t.call.t("refused"))),
  "calls.fault": voided(() => {
    throw new Error("the block's insides");
  }, (t) => !t.asked.said.includes("insides")),
  "calls.role": elsewhere("staff_only"),
  "calls.unknown": elsewhere("never_declared"),
};

interface Mark {
  learner: string;
  usage: string;
  mark: string;
}

/** Writes the learner's mark at this place into own fields, and into a document where others can read that there is one. */
export function leaveMark(call: Call, fields: Values, reply: Reply): void {
  const { subject = "", usage = "" } = call.context;
  const id = `${subject} ${usage}`;
  const found = call.document("marks", id);
  fields.mark = fields.pref_mark = call.random.id();
  const body = { learner: subject, usage, mark: fields.mark };
  if (found) reply.replace("marks", id, found.version, body);
  else reply.create("marks", id, body);
}

function marks(t: Trial<Values>, index: string, value: string): { others: Mark[]; own: Mark | undefined } {
  const all = (t.call.documents({ collection: "marks", index, equal: [value] }).documents ?? []).map((found) => found.body as unknown as Mark);
  const mine = (mark: Mark): boolean => mark.usage === t.call.context.usage && mark.learner === t.me;
  return { others: all.filter((mark) => !mine(mark)), own: all.find(mine) };
}

const leave: Step<Values> = (t) => {
  t.keep(t.fields.pref_mark);
  const foreign = marks(t, "by_usage", t.call.context.usage ?? "").others.map(({ mark }) => mark);
  if (foreign.includes(t.fields.mark) || foreign.includes(t.fields.pref_mark)) t.red("the mark of another learner came");
  leaveMark(t.call, t.fields, t.reply);
};

const apart = (t: Trial<Values>, others: Mark[], own: Mark | undefined): boolean =>
  t.fields.mark !== "" && own?.mark === t.fields.mark && t.fields.pref_mark === t.fields.mark && !others.some((mark) => mark.mark === t.fields.mark);

export const placeChecks: Steps = {
  "fields.usage": [leave, (t) => {
    const { others, own } = marks(t, "by_learner", t.me);
    if (others.length === 0) t.says("waits", t.call.t("wait.usage"));
    else if (t.kept<string>() === "") t.red("the preferences of another place were not there");
    else t.holds(apart(t, others, own), `this place holds ${t.fields.mark} and ${t.fields.pref_mark}, its mark is ${own?.mark}`);
  }],
  "fields.learner": [leave, (t) => {
    const { others, own } = marks(t, "by_usage", t.call.context.usage ?? "");
    if (others.length === 0) t.says("waits", t.call.t("wait.learner"));
    else t.holds(apart(t, others, own), `the mark is ${own?.mark}, and ${t.fields.mark} came`);
  }],
};
