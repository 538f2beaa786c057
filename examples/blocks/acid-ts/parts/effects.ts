// The rows about effects and documents.
import type { Effect, Json, Reply } from "@quoin/sdk";
import { voided } from "./checks.ts";
import type { Values } from "./fields.ts";
import { emitted, forApp } from "./shared.ts";
import { runsOf } from "./tasks.ts";
import type { Step, Trial } from "./trial.ts";

type Steps = Record<string, Step<Values>[]>;

const voidEffect = (effect: Effect): Step<Values>[] => voided((t) => t.reply.effect(effect));

/** Effects and replies that the host must not take; each stands beside changes that must then not happen either. */
export const voidChecks: Steps = {
  "effects.role": voidEffect({ score: { learner: "somebody", earned: 1, possible: 1, reason: "none" } }),
  "effects.scope": voided((t) => t.reply.set("title", "taken over")),
  "effects.summary": voided((t) => t.reply.set("total", 0)),
  "effects.field": voided((t) => t.reply.set("nowhere", 1)),
  "effects.event": voided((t) => t.reply.event("quoin.acid_ts.nowhere")),
  "effects.task": voided((t) => t.reply.schedule("nowhere")),
  "effects.collection": voided((t) => t.reply.insert("nowhere", { n: 1 })),
  "effects.permission": voidEffect({ enrol: { learner: "somebody", mode: "honor", active: true } }),
  "effects.two": voided((t) => t.reply.create("things", t.call.random.id(), {}).create("things", t.call.random.id(), {})),
  "effects.malformed": voided((t) => t.reply.complete(2)),
  "effects.large": voided((t) => t.reply.set("pref", "x".repeat(256 << 10))),
  "effects.status": voided((t) => t.reply.status(418)),
};

const keptText = "kept by the acid test";
const keptHash = "bfbbf7f4764968bdb2a5b2f59a10322f3dd30dcc5c4f928036d1c2282699b4d4";

/** Asks for what may have no host. A reply that is void says so in other words than a block's fault, which is asked for first. */
const unhosted = (act: (t: Trial<Values>, tag: string) => unknown, taken: Step<Values>): Step<Values>[] => [
  () => {
    throw new Error("asked for, to hear what a fault is told by");
  },
  (t) => {
    if (t.asked.said === "") t.red("a fault was not told");
    t.keep(t.asked.said);
  },
  (t) => {
    const tag = t.call.random.id();
    act(t, tag);
    t.keep(tag);
  },
  (t) => {
    if (t.asked.said === "") taken(t);
    else if (t.asked.said === t.kept<string>()) t.red(`the reply was taken for a fault of the block: ${t.asked.said}`);
    else t.says("none", t.asked.said);
  },
];

export const effectChecks: Steps = {
  "effects.all": [
    (t) => {
      const tag = t.call.random.id();
      t.fields.word = t.fields.pref = tag;
      t.reply.append("recent", tag).increment("tally", 1, t.mine + tag).insert("things", { tag, n: 0 }).event(emitted, { tag });
      t.keep(tag);
    },
    (t) => {
      const tag = t.kept<string>();
      const right = t.fields.word === tag && t.fields.pref === tag && t.fields.recent.includes(tag) && t.fields.tally[t.mine + tag] === 1;
      t.holds(right && things(t, tag).length === 1, [t.fields.word, t.fields.pref, t.fields.recent, things(t, tag).length]);
    },
  ],
  "effects.complete": [
    (t) => void t.reply.complete(0.6),
    (t) => void t.reply.complete(0.2),
    (t) => {
      const usage = t.call.context.usage ?? "";
      const done = t.call.scores([t.me], [usage])[t.me]?.[usage]?.completion ?? 0;
      t.holds(done >= 0.6, `after 0.6 and 0.2 it is ${done}`);
    },
  ],
  "effects.file": [
    (t) => void t.reply.effect({ file: { name: "kept.txt", type: "text/plain", data: keptText } }),
    (t) => {
      const { file, data } = t.call.file({ hash: keptHash });
      t.holds(String(data) === keptText && file.name === "kept.txt", `it came back as ${file.name}, ${String(data)}`);
    },
  ],
  "effects.subscribed": [
    (t) => {
      const tag = t.call.random.id();
      t.reply.event(emitted, { tag });
      t.keep(tag);
    },
    (t) => (runsOf(t, t.kept<string>()).length > 0 ? t.green() : t.wait("nothing was heard of the event")),
  ],
  "effects.index": [
    (t) => {
      const word = `acid${t.call.random.id().slice(0, 16)}`;
      t.reply.effect({ index: { id: "row", title: "Acid", text: `An indexed text: ${word}` } });
      t.keep(word);
    },
    (t) => (t.call.search(t.kept<string>(), 5).length > 0 ? t.green() : t.wait("what was indexed is not found")),
  ],
  "effects.notify": [(t) => {
    const tag = t.call.random.id();
    t.reply.notify([t.me], t.call.t("notice.title"), "", `/view/notice?tag=${tag}`);
    t.keep(tag);
    t.says("waits", t.call.t("wait.notice"));
  }],
  "effects.await": unhosted(
    (t, tag) => t.reply.await("job", { tag, mode: "plain" }),
    (t) => (runsOf(t, t.kept<string>()).length > 0 ? t.green() : t.wait("the reply was taken, and the task did not run")),
  ),
  "effects.leave": unhosted((t) => t.reply.leave("https://example.org/acid"), (t) => t.red("the reply was taken, and the page is still here")),
};

/** Things by their tag, in the order of their numbers. */
export const things = (t: Trial<Values>, tag: string): Record<string, Json>[] =>
  (t.call.documents({ collection: "things", index: "by_tag", equal: [tag] }).documents ?? []).map((found) => found.body as Record<string, Json>);

interface Thing {
  n: number;
  other: number;
}

const one = (t: Trial<Values>): { version: number; body: Thing } | null => t.call.document("things", t.kept<string>()) as { version: number; body: Thing } | null;

const create: Step<Values> = (t) => {
  const id = t.call.random.id();
  t.reply.create("things", id, { tag: "", n: 1, other: 0 });
  t.keep(id);
};

/** A step that changes the row's document. */
const change = (act: (reply: Reply, id: string, t: Trial<Values>) => unknown): Step<Values> => (t) => void act(t.reply, t.kept<string>(), t);

/** The document must be this, and the step before refused or not. */
const is = (n: number, other: number, refused: boolean, words: (t: Trial<Values>) => string = () => ""): Step<Values> => (t) => {
  const found = one(t);
  if (refused && t.asked.said === "") t.red("it was taken");
  else t.holds(found?.body.n === n && found.body.other === other && t.asked.said.includes(words(t)), `${JSON.stringify(found)}; the page was told ${t.asked.said}`);
};

const replace = (by: number, n: number): Step<Values> => change((reply, id, t) => reply.replace("things", id, (one(t)?.version ?? 0) + by, { tag: "", n, other: 0 }));

export const documentChecks: Steps = {
  "documents.insert": [
    (t) => {
      const tag = t.call.random.id();
      t.reply.insert("things", { tag, n: 7 });
      t.keep(tag);
    },
    (t) => {
      const found = things(t, t.kept<string>());
      t.holds(found.length === 1 && found[0]?.["n"] === 7, found);
    },
  ],
  "documents.create": [create, change((reply, id) => reply.create("things", id, { tag: "", n: 2, other: 0 })), is(1, 0, true)],
  "documents.replace": [create, replace(0, 2), is(2, 0, false)],
  "documents.stale": [create, replace(0, 2), replace(-1, 3), is(2, 0, true)],
  "documents.bound": [
    create,
    change((reply, id) => reply.take("things", id, "n", -1, { min: 0, max: 1 })),
    change((reply, id, t) => reply.take("things", id, "n", -1, { min: 0, max: 1, refusal: t.call.t("full") })),
    is(0, 0, true, (t) => t.call.t("full")),
  ],
  "documents.several": [
    create,
    change((reply, id) => reply.take("things", id, "n", -1, { min: 0, max: 9 }).take("things", id, "other", -1, { min: 0, max: 9 })),
    (t) => {
      if (t.asked.said === "" || one(t)?.body.n !== 1) t.red("one of two was refused, and the other was done");
      t.reply.take("things", t.kept<string>(), "n", -1, { min: 0, max: 9 }).take("things", t.kept<string>(), "other", 1, { min: 0, max: 9 });
    },
    is(0, 1, false),
  ],
  "documents.unique": [
    (t) => {
      const id = t.call.random.id();
      t.reply.create("names", id, { name: id });
      t.keep(id);
    },
    change((reply, id, t) => {
      reply.reply.commit = { collection: "names", id: `${id}-second` };
      reply.effect({ insert: { collection: "names", id: `${id}-second`, body: { name: id }, refusal: t.call.t("full") } });
    }),
    (t) => t.holds(t.call.document("names", `${t.kept<string>()}-second`) === null && t.asked.said.includes(t.call.t("full")), `the page was told ${t.asked.said}`),
  ],
  "documents.delete": [create, change((reply, id) => reply.delete("things", id)), (t) => t.holds(one(t) === null, "it is still there")],
  "documents.find": [
    (t) => {
      const tag = t.call.random.id();
      for (let n = 0; n < 5; n++) t.reply.insert("things", { tag, n });
      t.keep(tag);
    },
    (t) => {
      const base = { collection: "things", index: "by_tag", equal: [t.kept<string>()] };
      const numbers = (more: object): [string, string] => {
        const found = t.call.documents({ ...base, ...more });
        return [(found.documents ?? []).map((doc) => (doc.body as { n: number }).n).join(""), found.next ?? ""];
      };
      const [first, next] = numbers({ reverse: true, limit: 2 });
      const got = [numbers({})[0], first, numbers({ reverse: true, limit: 2, after: next })[0], numbers({ from: 1, to: 3 })[0], t.call.documents({ ...base, count: true }).count];
      t.holds(JSON.stringify(got) === JSON.stringify(["01234", "43", "21", "12", 5]), got);
    },
  ],
  "documents.shared": [(t) => {
    t.reply.insert("things", { tag: forApp(t.me), n: 0 });
    const app = appOf(t);
    if (app) t.holds(app.things > 0, app);
  }],
  "browser.elements": [(t) => {
    const app = appOf(t);
    if (app) t.holds(app.elements, "the app's view has no elements");
  }],
};

/** What the package's app stored. */
function appOf(t: Trial<Values>): { things: number; elements: boolean } | undefined {
  const [found] = t.call.documents({ collection: "apps", index: "by_learner", equal: [t.me] }).documents ?? [];
  if (!found) t.says("waits", t.call.t("wait.app"));
  return found?.body as { things: number; elements: boolean } | undefined;
}
