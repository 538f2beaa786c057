// A question with several choices, of which one is right.
import { block, content, html, messages, ok, refuse, scored, settings, userState, type Input, type Verdict } from "@quoin/sdk";
import ar from "./locales/ar.json";
import en from "./locales/en.json";

export default block({
  // What the block stores: content and settings are the author's, userState is each learner's own.
  fields: {
    display_name: settings.string({ default: "«.Title»", title: "Name" }),
    question: content.text({ default: "Which of these is a prime number?", title: "Question" }),
    choices: content.list<string>({ default: ["7", "8", "9"], title: "Choices", items: [{ type: "string" }] }),
    right: content.string({ default: "7", title: "The right choice", secret: true }),
    chosen: userState.string(),
  },

  // The block's own words in every language; what an author writes is the author's.
  messages: messages({ en, ar }),

  // Runs when an author publishes: says what the platform must know, and prepares what views (public) and scoring (secret) need.
  outline(_call, fields) {
    if (!fields.choices.includes(fields.right)) throw refuse(`right: "${fields.right}" is none of the choices`);
    return {
      facts: { title: fields.display_name, icon: "problem", max_score: 1, questions: 1, completion: "submit", search: fields.question },
      public: { question: fields.question, choices: fields.choices },
      secret: { right: fields.right },
    };
  },

  views: {
    learner: {
      reads: { prepared: true, verdict: true, access: true, locale: true, fields: ["chosen"] },
      // Controls join the platform's form by form=, and the button's value names the handler, so the block works without JavaScript.
      render(call, { public: { question, choices }, fields, newest, access }) {
        const [status, words] = inWords(newest);
        return html`<div class="stack"><fieldset class="choices"><legend>${question}</legend>
          ${choices.map((choice) => html`<label class="choice"><input type="radio" name="choice" value="${choice}" form="quoin:form"${choice === fields.chosen && html` checked`}> ${choice}</label>`)}
        </fieldset>
        ${newest && html`<p class="status ${status}" role="status">${call.t(words)}</p>`}
        <div class="submit-bar">
          ${access?.submit.open && html`<button class="button primary" form="quoin:form" name="handler" value="submit">${call.t("submit")}</button>`}
          ${access?.answer.open && html`<button class="button" form="quoin:form" name="handler" value="@reveal">${call.t("show")}</button>`}
        </div></div>`;
      },
    },
  },

  handlers: {
    submit: {
      roles: ["learner"],
      grades: true,
      reads: { prepared: true, locale: true, fields: ["chosen"] },
      // Changes to the learner's own fields are stored by themselves; submit hands the answer in.
      handle(call, { form = {}, fields, public: { choices } }) {
        const choice = form["choice"]?.[0];
        if (choice === undefined || !choices.includes(choice)) throw refuse(call.t("choose"));
        fields.chosen = choice;
        return ok().submit(choice);
      },
    },
  },

  // Scores a submission. It changes nothing, so the platform may run it again at any time.
  grade: (_call, { answers, secret }) => scored(answers === secret.right ? 1 : 0, 1),

  // Shows the answer, when the course's rules say so.
  reveal: (call, _shown, { right }) => ({ html: html`<p>${call.t("answer", right)}</p>`, answers: { choice: right } }),

  // Says what scores full.
  solve: (_call, _shown, { right }) => ({ input: choose(right) }),

  // Shown to authors, and the platform replays their answers: in your tests, when the block is installed, and before it is upgraded.
  samples: () => [
    {
      name: "prime",
      title: "One of three",
      fields: {},
      answers: [
        { expect: "full", input: choose("7") },
        { expect: "zero", input: choose("9") },
        { expect: "invalid", input: choose("none of them") },
      ],
    },
  ],
});

/** What a learner's browser sends. */
const choose = (choice: string): Input => ({ handler: "submit", form: { choice: [choice] } });

/** A verdict's class and the key of its words. Where the course hides what is right, it is not scored for the learner. */
function inWords(verdict: Verdict | null | undefined): [status: string, words: string] {
  if (verdict?.outcome !== "scored") return ["submitted", "taken"];
  return verdict.earned === verdict.possible ? ["correct", "right"] : ["incorrect", "wrong"];
}
