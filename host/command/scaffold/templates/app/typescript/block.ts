// A wall to which everybody in the course may pin notes. It shows what an app is made of: documents of its own, a page for
// programs under its own path, a task that runs later, and messages to people.
import { block, html, json, messages, notFound, ok, refuse, settings, type Call, type Markup } from "@quoin/sdk";
import ar from "./locales/ar.json";
import en from "./locales/en.json";

/** One document: documents belong to the package and the course, so each says to which wall it is pinned. */
type Note = {
  wall: string;
  author: string;
  /** When it was written, in milliseconds since 1970. */
  at: number;
  text: string;
};

/** The longest note in characters, and how many notes a wall shows. */
const maxText = 500;
const shown = 50;
/** How long after the newest note its readers hear of it, in milliseconds: an hour. */
const pause = 60 * 60 * 1000;

export default block({
  kind: "app",
  fields: { display_name: settings.string({ default: "«.Title»", title: "Name" }) },

  // The block's own words in every language; what an author writes is the author's.
  messages: messages({ en, ar }),

  collections: [{ name: "notes", learners: "author", indexes: [{ name: "by_time", fields: ["wall", "at"] }] }],

  // Runs when an author publishes.
  outline: (_call, { display_name }) => ({ facts: { title: display_name, icon: "discussion", completion: "block" } }),

  // Controls join the platform's form by form=, and a button's value names the handler, so the block works without JavaScript.
  views: {
    learner: {
      // An app stands in no unit: its views are shown where it asks for a slot, here as a page of every course.
      slot: "course.tab",
      reads: { usage: true, role: true, locale: true },
      render: (call) => html`<div class="stack">${wall(call, (_id, text) => text)}
        ${call.context.role === "learner" && html`<div class="field"><label for="quoin:id/text">${call.t("label")}</label><textarea id="quoin:id/text" name="text" form="quoin:form"></textarea></div>
        ${button("pin", call.t("pin"))}`}</div>`,
    },
    staff: {
      reads: { usage: true, role: true, locale: true },
      render: (call) => html`<div class="stack">${wall(call, (id, text) => html`<label><input type="radio" name="id" value="${id}" form="quoin:form"> ${text}</label>`)}
        ${button("remove", call.t("remove"))}</div>`,
    },
  },

  // A handler changes nothing itself: what it asks for on the reply happens as a whole or not at all.
  handlers: {
    pin: {
      roles: ["learner"],
      reads: { user: true, usage: true, clock: true, locale: true },
      handle(call, { form = {} }) {
        const text = (form["text"]?.[0] ?? "").trim();
        if (text === "") throw refuse(call.t("empty"));
        if ([...text].length > maxText) throw refuse(call.t("long", maxText));
        const { usage = "", subject = "" } = call.context;
        const note: Note = { wall: usage, author: subject, at: call.now, text };
        // The task has the wall as its key: a newer note puts it off instead of adding another.
        return ok().say(call.t("pinned")).insert("notes", note).publish("notes").complete()
          .schedule("tell", null, { key: usage, at: call.now + pause });
      },
    },
    remove: {
      roles: ["staff"],
      reads: { usage: true, locale: true },
      handle(call, { form = {} }) {
        const id = form["id"]?.[0] ?? "";
        if (call.document<Note>("notes", id)?.body.wall !== call.context.usage) throw notFound("there is no such note");
        return ok().say(call.t("gone")).delete("notes", id).publish("notes");
      },
    },
  },

  tasks: {
    // Tells those who wrote before about new notes. It may run again after a failure.
    tell(call) {
      const [last, ...before] = newest(call);
      const to = new Set(before.map((note) => note.author).filter((author) => author !== last?.author));
      return last && to.size > 0 ? ok().notify([...to], call.t("news"), last.text) : ok();
    },
  },

  mounts: {
    // Gives the notes to other programs.
    notes: {
      roles: ["learner", "staff"],
      reads: { usage: true },
      serve: (call) => json({ notes: newest(call).map(({ text, at }) => ({ text, at })) }),
    },
  },

  samples: () => [{ name: "wall", title: "An empty wall", fields: {} }],
});

/** The wall's newest notes, the newest first. */
function newest(call: Call): (Note & { id: string })[] {
  const { documents = [] } = call.documents({
    collection: "notes", index: "by_time", equal: [call.context.usage ?? ""], reverse: true, limit: shown,
  });
  return documents.map(({ id, body }) => ({ id, ...(body as Note) }));
}

/** The notes with the names of who wrote; line lays out one of them. */
function wall(call: Call, line: (id: string, text: Markup) => Markup): Markup {
  const notes = newest(call);
  if (notes.length === 0) return html`<p>${call.t("none")}</p>`;
  const names = new Map(call.users(...new Set(notes.map((note) => note.author))).map((user) => [user.id, user.username]));
  return html`<p>${call.t("count", notes.length)}</p>
    <ul>${notes.map(({ id, text, author }) => html`<li>${line(id, html`${text} <span class="soft small">${names.get(author) ?? call.t("somebody")}</span>`)}</li>`)}</ul>`;
}

const button = (handler: string, words: string): Markup =>
  html`<div class="submit-bar"><button class="button primary" form="quoin:form" name="handler" value="${handler}">${words}</button></div>`;
