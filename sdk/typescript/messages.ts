/** A block's words in several languages: key to text, English complete. */
export type Catalogue = Record<string, Record<string, string>>;

/**
 * Takes the words of each language, usually imported from locales/en.json and so on. A text may hold {0}, {1}, ... for its
 * arguments, and variants by number as "one: ...|other: ..." that the first argument chooses.
 */
export const messages = (languages: Catalogue): Catalogue => languages;

/** The text of a key: in the locale, in its language, in English, or the key itself. */
export function text(catalogue: Catalogue | undefined, locale: string, key: string, args: unknown[]): string {
  for (const language of [locale, locale.split("-")[0]!, "en"]) {
    const found = catalogue?.[language]?.[key];
    if (found !== undefined) return format(language, found, args);
  }
  return key;
}

function format(language: string, found: string, args: unknown[]): string {
  if (found.includes("other:") && args.length > 0) found = plural(language, found, Number(args[0]));
  return found.replace(/\{(\d+)\}/g, (whole, n) => (Number(n) < args.length ? String(args[Number(n)]) : whole));
}

function plural(language: string, found: string, n: number): string {
  const variants: Record<string, string> = {};
  for (const variant of found.split("|")) {
    const at = variant.indexOf(":");
    variants[variant.slice(0, at).trim()] = variant.slice(at + 1).trim();
  }
  return variants[form(language, n)] ?? variants["other"] ?? "";
}

/** CLDR's plural forms, of the languages that have one and other, and of Arabic, which has all six. */
function form(language: string, n: number): string {
  if (!Number.isInteger(n)) return "other";
  if (language !== "ar") return n === 1 ? "one" : "other";
  const rest = n % 100;
  if (n <= 2 && n >= 0) return ["zero", "one", "two"][n]!;
  return rest >= 3 && rest <= 10 ? "few" : rest >= 11 ? "many" : "other";
}
