// Shows instants in the reader's own zone and language; the server wrote them in the zone of the account.

/** localTimes rewrites the time elements under a node. */
export function localTimes(root: ParentNode): void {
  const language = document.documentElement.lang || undefined;
  const zone = document.body.dataset.zone || undefined;
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[datetime][data-local]")) {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const format = new Intl.DateTimeFormat(language, {
      year: "numeric",
      month: "short",
      day: "numeric",
      hour: "numeric",
      minute: "2-digit",
      timeZoneName: "short",
      timeZone: zone,
    });
    element.textContent = format.format(at);
    element.title = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long", timeZone: zone }).format(at);
  }
  for (const element of root.querySelectorAll<HTMLElement>("[data-zone-name]")) {
    element.textContent = new Intl.DateTimeFormat(language, { timeZone: zone }).resolvedOptions().timeZone;
  }
}
