import { ok, type Call, type Reply, type Request } from "@quoin/sdk";
import { leaveMark } from "./checks.ts";
import type { fields as declared, Values } from "./fields.ts";
import { fileHash, fileText, forApp, probeText, type Results } from "./shared.ts";
import type { Step } from "./trial.ts";

const formTally = (learner: string): string => `form ${learner}`;

/** Takes the form, with scripts or without, and stores in every scope what the next view has to show. */
export function takeForm(call: Call, request: Request<typeof declared, unknown>, fields: Values): Reply {
  const { form = {}, files = [] } = request;
  const me = call.context.subject ?? "";
  const note = (row: string, holds: boolean, why: string): void => {
    fields.results[row] = holds ? { state: "green" } : { state: "red", note: why };
  };
  note("form.values", form["probe"]?.join("|") === probeText && form["many"]?.join() === "a,b", "the handler got other values than the page has");
  note("form.own", !["token", "request", "sitting", "handler"].some((name) => name in form), "the host's own inputs came along");
  const [file] = files;
  if (file) {
    const whole = file.input === "file" && file.name === "acid.txt" && file.size === fileText.length && file.hash === fileHash;
    note("form.file", whole, "another file came than the one that was chosen");
  }
  const token = call.random.id();
  fields.posts++;
  fields.shown = fields.shown_pref = fields.shown_info = token;
  fields.results["form.render"] = { state: "running", memo: { token, tally: (fields.tally[formTally(me)] ?? 0) + 1 } };
  const reply = ok().say(call.t("saved")).increment("tally", 1, formTally(me)).insert("things", { tag: forApp(me), n: 0 });
  leaveMark(call, fields, reply);
  return reply;
}

/** Rows that go on after the form was sent. */
export const formChecks: Record<string, Step<Values>[]> = {
  "form.once": [
    (t) => {
      t.keep(t.fields.posts);
      t.next = { press: "form" };
    },
    (t) => t.holds(t.fields.posts === t.kept<number>() + 1, `pressed twice, it was taken ${t.fields.posts - t.kept<number>()} times`),
  ],
  "children.redraw": [
    (t) => {
      const { places } = t.asked.seen;
      if (places.length !== 1) return t.red(`the view has ${places.length} places`);
      t.reply.effect({ redraw: {} });
      t.keep(places);
      t.next = { press: "form" };
    },
    (t) => t.holds(t.asked.seen.places.length === 1 && t.asked.seen.places[0] !== t.kept<string[]>()[0], [t.kept(), t.asked.seen.places]),
  ],
};

/** Adds to the results what only a view can see. */
export function looked(call: Call, fields: Values, children: string[], places: string[]): Results {
  const results: Results = { ...fields.results };
  const before = results["form.render"];
  if (before) {
    const { token = "", tally = 0 } = (before.memo ?? {}) as { token?: string; tally?: number };
    const shown = [fields.shown, fields.shown_pref, fields.shown_info].every((one) => one !== "" && one === token);
    const counted = (fields.tally[formTally(call.context.subject ?? "")] ?? 0) >= tally;
    results["form.render"] = shown && counted ? { state: "green" } : { state: "red", note: "the view does not show what the handler stored" };
  }
  if (children.length > 0) {
    const right = places.length === 1 && children.includes(places[0]!);
    results["children.places"] = right ? { state: "green" } : { state: "red", note: "other places came than the one that was chosen" };
  }
  return results;
}
