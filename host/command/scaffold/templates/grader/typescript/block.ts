// Lets a service outside grade answers: submit hands the answer to a task, the task sends it out, a signed request brings the
// result back under the block's own path, and the first result settles the submission.
import { block, content, forbid, html, invalid, json, messages, ok, pending, refuse, Refusal, scored, settings, userState } from "@quoin/sdk";
import ar from "./locales/ar.json";
import en from "./locales/en.json";

/** Where answers go; block.json asks for its host. */
const address = "https://grader.example/submissions";
/** The handle of what the grader and the site share: the name of the key field. */
const secret = "grader";
/** The header that carries the HMAC-SHA256 of a result's body under that secret. */
const signature = "x-grader-signature";
/** How long the grader may take, in milliseconds: a week. */
const patience = 7 * 24 * 60 * 60 * 1000;
const maxText = 100_000;

/** What the grader sends. */
type Result = { submission: string; earned: number; feedback: string };

export default block({
  // What an author sets, and what a learner wrote last.
  fields: {
    display_name: settings.string({ default: "«.Title»", title: "Name" }),
    task: content.text({ default: "Write a program that sorts a list.", title: "Task" }),
    points: settings.number({ default: 10, min: 1, max: 1000, title: "Points" }),
    // It reaches no call: services use it by the field's name.
    grader: settings.key({ title: "Secret shared with the grader" }),
    text: userState.string({ default: "" }),
  },

  // The block's own words in every language; what an author writes is the author's.
  messages: messages({ en, ar }),

  // Which results have come.
  collections: [{ name: "results" }],

  // Runs when an author publishes. The points take part in the answer hash: another maximum is another content to grade.
  outline(_call, { display_name, task, points }) {
    if (!(points > 0) || points > 1000) throw refuse("points: give a number of points from 1 to 1000");
    return {
      facts: { title: display_name, icon: "problem", max_score: points, completion: "submit", search: task },
      answerHash: `points ${points}`,
      public: { task, points },
    };
  },

  views: {
    learner: {
      reads: { prepared: true, verdict: true, access: true, locale: true, fields: ["text"] },
      render(call, { public: { task }, fields, newest, grading, access }) {
        let status = "submitted";
        let words = "";
        if (grading?.failed) words = call.t("failed");
        else if (grading) [status, words] = ["grading", call.t("waiting")];
        else if (newest?.outcome === "scored") words = call.t("points", newest.earned, newest.possible);
        else if (newest) words = call.t(newest.outcome === "invalid" ? "empty" : "taken");
        const feedback = !grading && newest?.outcome === "scored" ? (newest.data as Result | undefined)?.feedback : "";
        return html`<div class="stack">
          <div class="field"><label for="quoin:id/text">${task}</label><textarea id="quoin:id/text" name="text" rows="8" form="quoin:form">${fields.text}</textarea></div>
          ${words && html`<p class="status ${status}" role="status">${words}</p>`}
          ${feedback && html`<div class="feedback"><p>${feedback}</p></div>`}
          ${access?.submit.open && html`<div class="submit-bar"><button class="button primary" form="quoin:form" name="handler" value="submit">${call.t("submit")}</button></div>`}
        </div>`;
      },
    },
  },

  handlers: {
    submit: {
      roles: ["learner"],
      grades: true,
      reads: { locale: true, fields: ["text"] },
      // The task that sends the answer is handed the submission, id included.
      handle(call, { form = {}, fields }) {
        const text = form["text"]?.[0] ?? "";
        if (text.length > maxText) throw refuse(call.t("long", maxText));
        fields.text = text;
        const reply = ok().submit(text);
        return text.trim() === "" ? reply : reply.schedule("send", null, { submission: true });
      },
    },
  },

  tasks: {
    // Sends an answer out. It may run again after a failure: the key makes the grader get an answer once.
    send(call, { task, points }, { key, submission }) {
      if (!submission) throw refuse("this task was handed no submission");
      const done = call.http({
        method: "POST",
        url: address,
        key,
        headers: { "content-type": "application/json", authorization: `Bearer {{secret:${secret}}}` },
        body: JSON.stringify({ submission: submission.id, task, points, text: submission.answers, result: `${call.context.address}/result` }),
      });
      if (done.status < 200 || done.status > 299) throw new Refusal("unavailable", `the grader answered with status ${done.status}`);
    },
  },

  mounts: {
    result: {
      roles: ["outside"],
      reads: {},
      // Takes the grader's result. The first one settles the submission, in the same write that notes it; what comes again is
      // answered alike and changes nothing.
      serve(call, _fields, { method, headers, body }) {
        const proof = call.verify({ secret, algorithm: "hmac-sha256", payload: body ?? "", signature: headers?.[signature]?.[0] ?? "" });
        if (!proof.valid || method !== "POST") throw forbid("only a POST that the grader signed is taken");
        const result = read(String(body));
        if (call.document("results", result.submission)) return json({ known: true });
        return json({ known: false }).create("results", result.submission, result).settle(result.submission, result);
      },
    },
  },

  // Says what became of an answer: it waits until there is evidence, which is what the mount settled it with.
  grade(call, { answers, at, evidence, public: { points } }) {
    if (String(answers).trim() === "") return invalid(call.t("empty"));
    const result = evidence[0]?.data as Result | undefined;
    if (!result) return pending("grader.example", at + patience);
    return scored(Math.min(result.earned, points), points, { feedback: html`<p>${result.feedback}</p>`.text, data: result });
  },

  // Shown to authors, and the platform replays their answers: in your tests, when the block is installed, and before it is upgraded.
  samples: () => [
    {
      name: "program",
      title: "A program",
      fields: {},
      answers: [
        { expect: "pending", input: { handler: "submit", form: { text: ["My program."] } } },
        { expect: "invalid", input: { handler: "submit", form: { text: [" "] } } },
      ],
    },
  ],
});

/** Reads a result; what is of another shape is refused. */
function read(body: string): Result {
  let sent: Partial<Result> | null = null;
  try {
    sent = JSON.parse(body) as Partial<Result> | null;
  } catch {
    // refused below
  }
  if (typeof sent?.submission !== "string" || sent.submission === "") throw refuse("the body must be an object with submission, earned and feedback");
  if (!Number.isFinite(sent.earned) || sent.earned! < 0) throw refuse("earned must be a number from 0 on");
  return { submission: sent.submission, earned: sent.earned!, feedback: String(sent.feedback ?? "") };
}
