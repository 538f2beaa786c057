import { block, json, ok, refuse, type Request } from "@quoin/sdk";
import type { Event, Json } from "@quoin/sdk";
import { callChecks, fieldChecks, placeChecks, readChecks } from "./checks.ts";
import { documentChecks, effectChecks, voidChecks } from "./effects.ts";
import { fields, type Values } from "./fields.ts";
import { formChecks, looked, takeForm } from "./form.ts";
import { outsideChecks, serveMount, serviceChecks } from "./services.ts";
import { collections, emitted, searchWord, words, type Results } from "./shared.ts";
import { taskChecks, work } from "./tasks.ts";
import { askedOf, bodyOf, takeNote, Trial, type Step } from "./trial.ts";
import { mainView, noticeView } from "./view.ts";

/** The rows that the block's own code checks. */
const checks: Record<string, Step<Values>[]> = {
  ...fieldChecks, ...placeChecks, ...readChecks, ...callChecks, ...effectChecks, ...voidChecks, ...documentChecks, ...taskChecks, ...serviceChecks,
  ...outsideChecks, ...formChecks,
};

type Asking = Request<typeof fields, Record<string, unknown>>;

const valuesOf = (request: Asking): Values => Object.assign(request.fields, { stored: request.stored }) as Values;

const run = (call: import("@quoin/sdk").Call, request: Asking) => {
  const asked = askedOf(request);
  return new Trial(call, asked, valuesOf(request), request.fields.results as Results, request).run(checks[asked.row]);
};

const own = ["results", "word", "three", "own", "mark", "posts", "pref", "pref_mark", "info", "total", "tally", "recent"];
const short = { fields: ["results", "hidden"] };
const once = (call: { context: { subject?: string } }): string => `once ${call.context.subject ?? ""}`;
const mount = { reads: { user: true, role: true, usage: true, fields: ["place"] } };

export const page = block({
  fields,
  messages: words,
  collections,
  events: [{ name: emitted, schema: [{ name: "tag", type: "string" }] }, { name: "quoin.acid_ts.seen", browser: true, schema: [{ name: "tag", type: "string" }] }],
  subscribes: [emitted],

  // What outline was given stands in the prepared value, so that a check can look.
  outline: (_call, { title, place, typed, planted, course_file }, children) => ({
    facts: { title, icon: "other", completion: "block", chooses: children.length > 0, search: `The acid test asks the platform: ${searchWord}` },
    public: { title, place, typed: typed !== null, file: course_file, children: children.map((child) => child.id) } as Record<string, unknown>,
    secret: { planted },
  }),

  // One child, and another one than before.
  choose(_call, _fields, { children, earlier }) {
    const all = children ?? [];
    const next = earlier?.[0] === undefined ? 0 : (all.findIndex((child) => child.id === earlier[0]) + 1) % all.length;
    return all[next] ? [all[next].id] : [];
  },

  views: {
    learner: {
      reads: { user: true, locale: true, prepared: true, children: true, fields: ["results", "posts", "shown", "shown_pref", "shown_info", "tally"] },
      render(call, view) {
        const places = (view.children ?? []).map((place) => place.id);
        const results = looked(call, Object.assign(view.fields, { stored: view.stored }) as Values, view.public["children"] as string[], places);
        return mainView(call, results, { places, posts: view.fields.posts });
      },
    },
    notice: { roles: ["learner"], reads: { locale: true, path: true, query: ["tag"] }, render: (call, view) => noticeView(call, (view.query?.["tag"] ?? []).join("")) },
  },

  handlers: {
    run: {
      roles: ["learner"],
      reads: { user: true, seed: true, clock: true, locale: true, role: true, usage: true, prepared: true, fields: own, settings: ["graded", "due"] },
      handle: run,
    },
    peek: { roles: ["learner"], reads: short, handle: run },
    bump: {
      roles: ["learner"], reads: { user: true, fields: ["own"] },
      handle(call, { fields: { own: list } }) {
        list.push(list.length);
        return ok().increment("tally", 1, `fields.many ${call.context.subject}`);
      },
    },
    form: {
      roles: ["learner"], reads: { user: true, usage: true, locale: true, fields: ["shown", "shown_pref", "shown_info", ...own] },
      handle: (call, request) => takeForm(call, request, valuesOf(request)),
    },
    note: { roles: ["learner"], reads: short, handle: (_call, request) => takeNote(request.fields.results as Results, "acid", request) },
    arrived: {
      roles: ["learner"], reads: short,
      handle(_call, request) {
        const results = request.fields.results as Results;
        const sent = results["effects.notify"]?.memo;
        if (sent === undefined || bodyOf(request)["tag"] !== sent) throw refuse("this notice is not the newest");
        results["effects.notify"] = { state: "green" };
        return json(true);
      },
    },
    echo: {
      roles: ["learner"], reads: { locale: true },
      handle(call, request) {
        const body = bodyOf(request);
        if (body["refuse"] === true) throw refuse(call.t("refused"));
        return json({ value: (body["value"] ?? null) as Json });
      },
    },
    once: {
      roles: ["learner"], reads: { user: true, fields: ["tally"] },
      handle: (call, request) => json({ id: call.random.id(), count: request.fields.tally[once(call)] ?? 0 }).increment("tally", 1, once(call)),
    },
    told: { roles: ["learner"], reads: {}, handle: (call) => ok().publish("acid", call.random.id()) },
    staff_only: { roles: ["staff"], reads: {}, handle: () => ok() },
  },

  mounts: {
    hook: { ...mount, roles: ["outside"], serve: (call, { place }, r) => serveMount(call, place, r) },
    members: { ...mount, roles: ["learner"], serve: (call, { place }, r) => serveMount(call, place, r) },
  },

  tasks: {
    job: (call, { place, planted, typed, total }, task) => work(call, task, { place, total, secrets: planted !== "planted-by-the-author" || typed !== null }),
  },

  // What is heard is written down.
  event(_call, events: Event[]) {
    const reply = ok();
    for (const { name, data } of events) if (name === emitted) reply.insert("ran", { tag: String((data as { tag?: unknown } | null)?.tag ?? ""), what: "event" });
    return reply;
  },

  samples: () => [
    { name: "alone", title: "Without children" },
    {
      name: "children", title: "With two children", fields: { place: "there" },
      children: [{ name: "one", type: "acid_ts_child", fields: { name: "one" } }, { name: "two", type: "acid_ts_child", fields: { name: "two" } }],
    },
  ],
});
