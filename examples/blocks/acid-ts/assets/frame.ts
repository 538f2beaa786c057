// What a sandboxed frame may not do, and what the page does for it.
import { failure, green, holds, red, sleep, until } from "./rows.ts";
import type { Found, Trial } from "./types.ts";

/** Reports whether something throws. */
function throws(what: () => unknown): boolean {
  try {
    what();
    return false;
  } catch {
    return true;
  }
}

/** Counts what the document's policy refused while something was tried. */
export async function refusals(attempt: () => unknown): Promise<number> {
  let count = 0;
  const heard = (): void => void count++;
  document.addEventListener("securitypolicyviolation", heard);
  try {
    await attempt();
  } catch {
    // What is refused may throw too.
  }
  await until(() => count > 0);
  document.removeEventListener("securitypolicyviolation", heard);
  return count;
}

export const frameRows: Record<string, (t: Trial) => Found | Promise<Found>> = {
  "frame.origin": () => holds(self.origin === "null", self.origin),
  "frame.parent": () =>
    holds(throws(() => window.parent.document.title) && throws(() => window.parent.location.href) && window.frameElement === null, "the page can be read"),
  "frame.top": async () => {
    const refused = throws(() => (window.top!.location.href = "about:blank#acid"));
    await sleep(300);
    return refused ? green : red("nothing refused to lead the page away");
  },
  "frame.storage": () => {
    const open = Object.entries({
      localStorage: () => localStorage.length, sessionStorage: () => sessionStorage.length, cookies: () => document.cookie, caches: () => window.caches.keys,
    }).filter(([, read]) => !throws(read) && (read as () => unknown)() !== "");
    return holds(open.length === 0, open.map(([name]) => name).join());
  },
  "frame.network": async () => {
    const own = new URL("/", location.href).href;
    const fetched = await refusals(() => fetch(own).catch(() => undefined));
    const socket = await refusals(() => new WebSocket(own.replace(/^http/, "ws")));
    const picture = await refusals(() => {
      new Image().src = "https://example.org/acid.png";
    });
    return holds(fetched > 0 && socket > 0 && picture > 0, `refused: fetch ${fetched}, socket ${socket}, picture ${picture}`);
  },
  "frame.popup": () => holds(throws(() => window.open("about:blank")) || window.open("about:blank") === null, "a window opened"),
  "frame.height": async (t) => {
    const before = window.innerHeight;
    const tall = document.createElement("div");
    tall.style.blockSize = "700px";
    t.append(tall);
    const grew = await until(() => window.innerHeight >= before + 600);
    tall.remove();
    const shrank = await until(() => window.innerHeight < before + 100);
    return holds(grew && shrank, `from ${before} px it ${grew ? "grew" : "did not grow"} and ${shrank ? "shrank" : "did not shrink"}`);
  },
  "frame.look": () => {
    const root = document.documentElement;
    return holds(root.lang !== "" && root.dir !== "" && root.style.getPropertyValue("--accent") !== "", `${root.lang}, ${root.dir}, ${root.style.getPropertyValue("--accent")}`);
  },
  "frame.rate": async (t) => {
    const said = await Promise.all(Array.from({ length: 120 }, () => failure(t.ask("note", {}))));
    await sleep(4000);
    const words = new Set(said);
    const after = await failure(t.ask("echo", { value: 1 }));
    return holds(words.size > 1 && after === "", [...words].join("; ") || "all were taken");
  },
};
