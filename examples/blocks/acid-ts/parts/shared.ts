import { messages, type Collection } from "@quoin/sdk";
import ar from "../locales/ar.json";
import en from "../locales/en.json";
import list from "../rows.json";

/** One promise; see rows.json, which both editions have. */
export interface Row {
  id: string;
  section: string;
  by: string;
  only?: string;
}

export interface Group {
  group: string;
  rows: Row[];
}

export const rows = list as Record<string, Group[]>;

/** What is known of a row. */
export interface Result {
  state: string;
  note?: string;
  step?: number;
  press?: boolean;
  memo?: unknown;
}

export type Results = Record<string, Result>;

export const known = (page: string, id: unknown): boolean => (rows[page] ?? []).some((group) => group.rows.some((row) => row.id === id));

export const words = messages({ en, ar });

/** Collections belong to the package: all its types declare the same. */
export const collections: Collection[] = [
  { name: "things", indexes: [{ name: "by_tag", fields: ["tag", "n"] }] },
  { name: "names", indexes: [{ name: "by_name", fields: ["name"], unique: true }] },
  { name: "marks", learners: "learner", indexes: [{ name: "by_learner", fields: ["learner"] }, { name: "by_usage", fields: ["usage"] }] },
  { name: "ran", indexes: [{ name: "by_tag", fields: ["tag"] }] },
  { name: "apps", learners: "learner", indexes: [{ name: "by_learner", fields: ["learner"] }] },
];

/** The event that the block emits and subscribes to. */
export const emitted = "quoin.acid_ts.asked";

/** A word that no course has. */
export const searchWord = "acidulousnessts";

/** What the form sends: two scripts, quotes, markup, and spaces that must survive. */
export const probeText = 'ع "quoted" <b>&amp;  two spaces';

/** What the page's script puts into the file that it chooses. */
export const fileText = "a file of the acid test\n";

/** Its SHA-256: a guest in JavaScript has no digest of its own. */
export const fileHash = "df4675bfb53f2aab840f0c747493f46e2edc33c60ab327e371756e68019609d1";

/** The tag of what the package's app looks for. */
export const forApp = (learner: string | undefined): string => `for the app of ${learner ?? ""}`;
