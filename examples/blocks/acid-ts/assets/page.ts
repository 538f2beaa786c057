// What holds where the view stands in the page itself: its script may ask with the reader's own rights, and no further.
import { refusals } from "./frame.ts";
import { holds, sleep } from "./rows.ts";
import type { Found, Trial } from "./types.ts";

/** A request id as the page makes them. */
const newId = (): string => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const address = (t: Trial): string => t.closest<HTMLElement>("[data-usage]")?.dataset["handlers"] ?? "";

/** Calls the handler "once" under a request id of one's own. */
async function once(t: Trial, id: string, body: unknown): Promise<{ status: number; text: string; count: number }> {
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-Quoin-Token": document.body.dataset["token"] ?? "", "X-Quoin-Request": id };
  const response = await fetch(`${address(t)}once`, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, text, count: response.ok ? (JSON.parse(text) as { count: number }).count : -1 };
}

export const pageRows: Record<string, (t: Trial) => Found | Promise<Found>> = {
  "page.inline": (t) => holds(window.parent === window && t.closest("main [data-usage]") !== null && t.querySelector(".acid-sum") !== null, "the view is not in the page"),
  "page.csp": async () => {
    const ran = window as unknown as { acidRan?: boolean };
    const refused = await refusals(() => {
      const script = document.createElement("script");
      script.textContent = "window.acidRan = true";
      document.body.append(script);
      script.remove();
    });
    await sleep(50);
    return holds(refused > 0 && ran.acidRan === undefined, `refused ${refused} times, ran: ${ran.acidRan ?? false}`);
  },
  "page.repeat": async (t) => {
    const id = newId();
    const [first, again] = [await once(t, id, "a"), await once(t, id, "a")];
    const next = await once(t, newId(), "a");
    return holds(first.status === 200 && first.text === again.text && next.count === first.count + 1, `${first.text}, then ${again.text}, then number ${next.count}`);
  },
  "page.conflict": async (t) => {
    const id = newId();
    const [first, other] = [await once(t, id, "a"), await once(t, id, "b")];
    const next = await once(t, newId(), "a");
    return holds(first.status === 200 && other.status === 409 && next.count === first.count + 1, `status ${first.status}, then ${other.status}`);
  },
  "page.mount": async (t) => {
    const response = await fetch(address(t).replace(/handlers\/$/, "mount/members/hello"));
    const heard = (await response.json()) as { role: string; subject: string; path: string };
    return holds(heard.role === "learner" && heard.subject !== "" && heard.path === "/hello", JSON.stringify(heard));
  },
  "page.get": async (t) => {
    const first = await once(t, newId(), "a");
    const response = await fetch(`${address(t)}once`);
    const next = await once(t, newId(), "a");
    return holds(!response.ok && next.count === first.count + 1, `status ${response.status}, counted ${next.count - first.count}`);
  },
};
