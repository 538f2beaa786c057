import { block, html, ok, scored } from "@quoin/sdk";

/** What the view needs, and the key. */
type Public = { question: string; choices: string[] };
type Secret = { right: string; feedback: Record<string, string> };

const roles = ["learner"] as const;

/** The block of testdata/bench in TypeScript: it answers the same requests alike. */
export default block<Record<string, never>, Public, Secret>({
  fields: {},
  outline: () => ({
    facts: { title: "Choice", max_score: 1, completion: "submit" },
    public: { question: "Which lake is the largest?", choices: ["Erie", "Superior", "Huron", "Ontario"] },
    secret: { right: "choice_1", feedback: { choice_0: "Too small.", choice_1: "Yes." } },
  }),
  views: {
    learner: {
      reads: { prepared: true },
      render: (_call, { public: { question, choices } }) =>
        html`<fieldset><legend>${question}</legend>${choices.map(
          (choice, n) => html`<label><input type="radio" name="choice" value="choice_${n}" form="quoin:form">${choice}</label>`,
        )}<button form="quoin:form" name="handler" value="submit">Submit</button></fieldset>`,
    },
  },
  handlers: {
    empty: { roles: [...roles], reads: {}, handle: () => ok() },
    echo: { roles: [...roles], reads: {}, handle: (_call, request) => ok().body("text/plain", String(request.body ?? "")) },
    submit: { roles: [...roles], reads: {}, grades: true, handle: (_call, request) => ok().submit((request.form?.choice ?? []).join("")) },
  },
  grade(_call, { answers, secret }) {
    const right = answers === secret.right;
    const part = { id: "2_1", correctness: right ? "correct" : "incorrect", earned: right ? 1 : 0, possible: 1, feedback: secret.feedback[String(answers)] ?? "" } as const;
    return scored(right ? 1 : 0, 1, { parts: [part] });
  },
});
