import { content, preferences, settings, summary, userInfo, userState, type ValuesOf } from "@quoin/sdk";
import type { Results } from "./shared.ts";

/** One field of each scope and what the checks remember. */
export const fields = {
  title: content.string({ default: "Acid", title: "Title" }),
  planted: content.string({ default: "planted-by-the-author", secret: true, title: "A key", help: "No learner may ever see it." }),
  place: settings.string({ default: "here", title: "Place" }),
  typed: settings.key({ title: "A typed key", help: "Signs by the field's name." }),
  course_file: settings.file({ default: "", title: "A course file" }),

  results: userState.object<Results>(),
  word: userState.string({ default: "unwritten" }),
  three: userState.integer(),
  own: userState.list<number>(),
  hidden: userState.string({ default: "" }),
  mark: userState.string({ default: "" }),
  posts: userState.integer({ default: 0 }),
  shown: userState.string({ default: "" }),

  pref: preferences.string({ default: "" }),
  pref_mark: preferences.string({ default: "" }),
  shown_pref: preferences.string({ default: "" }),
  info: userInfo.string({ default: "" }),
  shown_info: userInfo.string({ default: "" }),

  total: summary.sum(),
  tally: summary.counters(),
  recent: summary.list<string>({ max: 3 }),
};

export type Values = ValuesOf<typeof fields> & { stored: Record<string, unknown> };
