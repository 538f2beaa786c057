// A crossword. Without scripts each clue has a field for its word; the script lays them into a grid.
import { block, content, html, messages, ok, refuse, scored, settings, userState, type Call, type Input, type Verdict } from "@quoin/sdk";
import { lay, letters, Mistake, read, type Grid, type Place } from "./layout.ts";
import ar from "./locales/ar.json";
import en from "./locales/en.json";

type Words = Record<string, string>;

const planets = "Mercury: It is nearest to the sun.\nVenus: It turns the other way round.\nEarth: You are here.\nMars: It is red.\nSaturn: It has the finest rings.";

/** What the author wrote as a grid, or what is wrong with it. */
function laidOut(text: string): ReturnType<typeof lay> {
  try {
    return lay(read(text));
  } catch (error) {
    if (error instanceof Mistake) throw refuse(`words, line ${error.line}: ${error.message}`);
    throw error;
  }
}

/** The name of a clue: "3 across". */
const nameOf = (call: Call, place: Place): string => `${place.number} ${call.t(place.across ? "across" : "down")}`;

/** Reads words by clue out of a form or of what the script sends; letters that a place has no room for are cut. */
function given(grid: Grid, value: (id: string) => unknown): Words {
  const words: Words = {};
  for (const place of grid.places) {
    const sent = value(place.id), text = typeof sent === "string" ? sent.slice(0, 200) : "";
    const word = letters(text).length >= place.length ? letters(text).slice(0, place.length) : withGaps(text, place.length);
    if (word.length > 0) words[place.id] = word.join("");
  }
  return words;
}

/** A space stands for a letter that is not there yet. */
function withGaps(text: string, length: number): string[] {
  const all = Array.from(text.normalize("NFC")).map((c) => letters(c)[0] ?? " ").slice(0, length);
  while (all.at(-1) === " ") all.pop();
  return all;
}

export default block({
  fields: {
    display_name: settings.string({ default: "Crossword", title: "Name" }),
    question: content.text({ default: "Which planets are meant?", title: "Task" }),
    words: content.text({ default: planets, title: "Words", help: "One in each line, then a colon and the clue.", secret: true }),
    pool: settings.boolean({ default: true, title: "Show the letters", help: "Learners see which letters there are." }),
    typed: userState.object<Words>(),
  },

  messages: messages({ en, ar }),

  outline(_call, fields) {
    const { grid, words } = laidOut(fields.words);
    const pool = fields.pool ? [...new Set([...words.values()].join(""))].sort() : [];
    return {
      facts: {
        title: fields.display_name, icon: "problem", max_score: 1, questions: grid.places.length, completion: "submit",
        search: [fields.question, ...grid.places.map((p) => p.clue)].join("\n"),
      },
      public: { question: fields.question, grid, pool },
      secret: { words: Object.fromEntries(words) as Words },
    };
  },

  views: {
    learner: {
      reads: { prepared: true, verdict: true, access: true, locale: true, fields: ["typed"] },
      render(call, { public: { question, grid, pool }, fields, newest, grading, access }) {
        const marks = new Map((newest?.outcome === "scored" ? newest.parts ?? [] : []).map((part) => [part.id, part.correctness]));
        const typed = fields.typed ?? {}, closed = !access?.submit.open;
        const list = (across: boolean) => {
          const places = grid.places.filter((p) => p.across === across);
          return places.length > 0 && html`<section class="crossword-list"><h3>${call.t(across ? "across" : "down")}</h3><ol>${places.map((place) => {
            const mark = marks.get(place.id);
            return html`<li value="${place.number}"><div class="field"><label for="quoin:id/${place.id}"><span dir="auto">${place.clue}</span> <span class="soft">(${place.length})</span></label>
              <input id="quoin:id/${place.id}" name="w-${place.id}" form="quoin:form" data-place="${place.id}" value="${typed[place.id] ?? ""}" maxlength="${place.length * 2}" autocomplete="off" autocapitalize="characters" spellcheck="false"${closed && html` readonly`}>
              ${mark && html`<p class="status ${mark}">${call.t(mark === "correct" ? "word_right" : "word_wrong")}</p>`}</div></li>`;
          })}</ol></section>`;
        };
        const [status, words] = inWords(call, newest, grading != null, grid.places.length);
        return {
          html: html`<div class="stack crossword"><p class="prompt" dir="auto">${question}</p>
            <div data-grid></div><div class="crossword-clues">${list(true)}${list(false)}</div>
            ${words && html`<p class="status ${status}" role="status">${words}</p>`}
            ${!closed && html`<div class="submit-bar"><button class="button primary" form="quoin:form" name="handler" value="submit">${call.t("submit")}</button><span class="soft small" data-saved role="status"></span></div>`}</div>`,
          styles: ["crossword.css"], scripts: ["crossword.js"], element: "crossword-view",
          init: {
            grid, pool, closed, typed, right: [...marks].filter(([, c]) => c === "correct").map(([id]) => id),
            words: {
              grid: call.t("grid"), pool: call.t("pool"), help: call.t("pool_help"), saved: call.t("saved"), unsaved: call.t("unsaved"),
              cell: call.t("cell", "{0}", "{1}", "{2}"), letter: call.t("letter", "{0}"), across: call.t("across"), down: call.t("down"),
            },
          },
        };
      },
    },
  },

  handlers: {
    submit: {
      roles: ["learner"],
      grades: true,
      reads: { prepared: true, locale: true, fields: ["typed"] },
      handle(call, { form = {}, fields, public: { grid } }) {
        const words = given(grid, (id) => form[`w-${id}`]?.[0]);
        if (Object.keys(words).length === 0) throw refuse(call.t("write"));
        fields.typed = words;
        return ok().submit(words);
      },
    },
    // The script keeps what is typed. Nothing is graded by it.
    save: {
      roles: ["learner"],
      reads: { prepared: true, access: true, fields: ["typed"] },
      handle(_call, { body, fields, public: { grid }, access }) {
        if (access && !access.submit.open) throw refuse("nothing can be saved here now");
        let sent: unknown;
        try {
          sent = JSON.parse(typeof body === "string" && body !== "" ? body : "{}");
        } catch {
          throw refuse("what was sent is no JSON");
        }
        const words = typeof sent === "object" && sent !== null ? (sent as Record<string, unknown>) : {};
        fields.typed = given(grid, (id) => words[id]);
        return ok().json({ saved: true });
      },
    },
  },

  grade(_call, { answers, secret: { words } }) {
    const typed = (typeof answers === "object" && answers !== null ? answers : {}) as Words;
    const ids = Object.keys(words);
    const right = ids.filter((id) => typed[id] === words[id]);
    return {
      ...scored(right.length / ids.length, 1),
      parts: ids.map((id) => ({ id, correctness: right.includes(id) ? "correct" : "incorrect", earned: right.includes(id) ? 1 / ids.length : 0, possible: 1 / ids.length })),
    };
  },

  reveal: (call, { grid }, { words }) => ({
    html: html`<ul>${grid.places.map((p) => html`<li>${call.t("answer", nameOf(call, p), words[p.id] ?? "")}</li>`)}</ul>`,
    answers: words,
  }),

  solve: (_call, _shown, { words }) => ({ input: fill(words) }),

  samples: () => [
    {
      name: "planets",
      title: "Five planets",
      fields: {},
      answers: [
        { expect: "full", input: fill(solved(planets)) },
        { expect: "partial", input: fill({ ...solved(planets), ...some(solved(planets)) }) },
        { expect: "zero", input: fill(some(solved(planets), true)) },
        { expect: "invalid", input: { handler: "submit", form: {} } },
      ],
    },
  ],
});

const solved = (text: string): Words => Object.fromEntries(lay(read(text)).words);

/** The first word, or each, with another letter at its end. */
const some = (words: Words, all = false): Words =>
  Object.fromEntries(Object.entries(words).slice(0, all ? undefined : 1).map(([id, word]) => [id, word.slice(0, -1) + "Q"]));

const fill = (words: Words): Input => ({ handler: "submit", form: Object.fromEntries(Object.entries(words).map(([id, word]) => [`w-${id}`, [word]])) });

/** A verdict's class and words. Where the course hides what is right, it is not scored for the learner. */
function inWords(call: Call, verdict: Verdict | null | undefined, grading: boolean, total: number): [status: string, words: string] {
  if (grading) return ["grading", call.t("grading")];
  if (!verdict) return ["", ""];
  if (verdict.outcome !== "scored") return ["submitted", call.t("taken")];
  const right = (verdict.parts ?? []).filter((part) => part.correctness === "correct").length;
  if (right === total) return ["correct", call.t("right")];
  return [right > 0 ? "partially-correct" : "incorrect", call.t("some", right, total)];
}
