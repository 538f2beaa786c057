// Says once, politely, what changed without a reload; and gives the page's own words to scripts.

/** announce tells screen readers. */
export function announce(text: string): void {
  const place = document.getElementById("announcer");
  if (!place || !text) return;
  place.textContent = "";
  window.setTimeout(() => (place.textContent = text), 50);
}

let catalogue: Record<string, string> | null = null;

/** words gives a text of the message catalogue that the page carries for scripts. */
export function words(key: string): string {
  if (!catalogue) {
    const holder = document.getElementById("words");
    catalogue = holder ? (JSON.parse(holder.textContent ?? "{}") as Record<string, string>) : {};
  }
  return catalogue[key] ?? key;
}
