import { block, type Call, content, html, messages, ok, refuse, summary, userState, type Markup } from "@quoin/sdk";
import ar from "./locales/ar.json";
import en from "./locales/en.json";

/** The levels from strong disagreement to strong agreement. */
const levels = [1, 2, 3, 4, 5] as const;

/** Where the count of a level of a statement stands among all counts. */
const counter = (statement: number, level: number): string => `${statement}.${level}`;

export default block({
  fields: {
    title: content.string({ default: "What do you think?", title: "Title" }),
    statements: content.list<string>({
      default: ["The pace of this lesson suits me.", "I could explain it to a friend."],
      title: "Statements",
      help: "Learners agree or disagree with each.",
    }),
    /** The level of each statement, empty before the first answer. */
    chosen: userState.list<number>(),
    /** How often each level of each statement was chosen by all learners. */
    counts: summary.counters(),
  },
  messages: messages({ en, ar }),

  outline: (_call, fields) => ({
    facts: { title: fields.title, icon: "problem", completion: "block", search: fields.statements.join("\n") },
    public: { statements: fields.statements },
  }),

  views: {
    learner: {
      reads: { prepared: true, locale: true, fields: ["chosen", "counts"] },
      render(call, { public: { statements }, fields: { chosen, counts } }) {
        const answered = chosen.length === statements.length;
        return html`<div class="stack">
          ${statements.map((statement, n) => scale(call, statement, n, chosen[n]))}
          <quoin-submit><div class="submit-bar"><button class="button primary" form="quoin:form" name="handler" value="send">${call.t(answered ? "change" : "send")}</button></div></quoin-submit>
          ${answered && everybody(call, statements, counts)}
        </div>`;
      },
    },
  },

  handlers: {
    send: {
      roles: ["learner"],
      reads: { prepared: true, locale: true, fields: ["chosen", "counts"] },
      handle(call, { form = {}, public: { statements }, fields }) {
        const chosen = statements.map((_, n) => Number(form[`s${n}`]?.[0]));
        const missing = chosen.flatMap((level, n) => (levels.some((known) => known === level) ? [] : [n + 1]));
        if (missing.length > 0) throw refuse(call.t("incomplete", missing.join(", ")));
        const reply = ok().say(call.t("thanks")).complete();
        chosen.forEach((level, n) => {
          const before = fields.chosen[n];
          if (level === before) return;
          if (before !== undefined) reply.increment("counts", -1, counter(n, before));
          reply.increment("counts", 1, counter(n, level));
        });
        fields.chosen = chosen;
        return reply;
      },
    },
  },

  check: (_call, fields) => [
    ...(fields.statements.length === 0 ? [{ level: "error", field: "statements", message: "There is no statement.", fix: "Add one." } as const] : []),
    ...fields.statements.flatMap((statement, n) =>
      statement.trim() === "" ? [{ level: "error", field: "statements", message: `Statement ${n + 1} is empty.`, fix: "Write it or remove it." } as const] : [],
    ),
  ],

  samples: () => [
    { name: "one", title: "One statement", fields: { statements: ["Tea is better than coffee."] } },
    { name: "many", title: "Five statements", fields: { statements: ["One", "Two <b>", "Three & more", "Four", "Five"] } },
  ],
});

/** One statement with its five levels. */
function scale(call: Call, statement: string, n: number, chosen: number | undefined): Markup {
  return html`<fieldset class="likert">
    <legend>${statement}</legend>
    ${levels.map((level) => html`<label class="choice"><input type="radio" name="s${n}" value="${level}" form="quoin:form"${chosen === level && html` checked`}> ${call.t(`level.${level}`)}</label>`)}
  </fieldset>`;
}

/** What all learners chose, as a table. */
function everybody(call: Call, statements: string[], counts: Record<string, number>): Markup {
  return html`<table>
    <caption>${call.t("all")}</caption>
    <thead><tr><th scope="col">${call.t("statement")}</th>${levels.map((level) => html`<th scope="col">${call.t(`level.${level}`)}</th>`)}</tr></thead>
    <tbody>${statements.map((statement, n) => html`<tr><th scope="row">${statement}</th>${levels.map((level) => html`<td>${call.t("count", counts[counter(n, level)] ?? 0)}</td>`)}</tr>`)}</tbody>
  </table>`;
}
