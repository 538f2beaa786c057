// The rows that only a browser can check.
import { announce, optimistic, platform, send } from "@quoin/elements";
import { frameRows } from "./frame.ts";
import { pageRows } from "./page.ts";
import type { Found, Trial } from "./types.ts";

export const framed = (): boolean => window.parent !== window;

export const green: Found = ["green", ""];
export const red = (note: string): Found => ["red", note];
export const holds = (right: boolean, note: string): Found => (right ? green : red(note));

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Waits until something holds, for ten seconds at most. */
export async function until(what: () => boolean): Promise<boolean> {
  for (let n = 0; n < 200; n++) {
    if (what()) return true;
    await sleep(50);
  }
  return what();
}

/** The words of what fails, "" when it does not. */
export const failure = (promise: Promise<unknown>): Promise<string> =>
  promise.then(() => "", (error: unknown) => (error instanceof Error ? error.message : String(error)) || "failed");

export const browserRows: Record<string, (t: Trial) => Found | Promise<Found>> = {
  "browser.call": async (t) => {
    const value = [null, true, -1.5, "ع \"quoted\" <b>\u2028", { deep: [{}, []] }];
    const reply = await t.ask<{ value: unknown }>("echo", { value });
    return holds(JSON.stringify(reply.value) === JSON.stringify(value), JSON.stringify(reply));
  },
  "browser.refused": async (t) => {
    const said = await failure(t.ask("echo", { refuse: true }));
    return holds(said.includes(t.init.words["refused"] ?? "?"), said);
  },
  "browser.send": async (t) => {
    const states: string[] = [];
    const one = (value: number) => send<{ value: number }>("echo", { value }, { element: t, told: (state) => void states.push(state) });
    const replies = await Promise.all([one(1), one(2), one(3)]);
    const values = replies.map((reply) => reply.value).join();
    return holds(values === "1,2,3" && states.filter((state) => state === "sent").length === 3, `${values}; ${states.join()}`);
  },
  "browser.optimistic": async (t) => {
    let shown = 1;
    const place = { get: () => shown, set: (state: number) => void (shown = state) };
    const seen: number[] = [];
    const refused = await failure(optimistic(place, 2, () => (seen.push(shown), t.ask("echo", { refuse: true }))));
    const after = shown;
    await optimistic(place, 3, () => t.ask("echo", { value: 3 }));
    return holds(seen[0] === 2 && refused !== "" && after === 1 && shown === 3, `${seen}, ${after}, ${shown}`);
  },
  "browser.own": async (t) => {
    const reached: string[] = [];
    for (const name of ["../handlers/echo", "..", "", "@reset", "echo/../../../../about"]) {
      if (!(await failure(t.ask(name, { value: 1 })))) reached.push(name);
    }
    return holds(reached.length === 0, `it reached ${reached.join()}`);
  },
  "browser.announce": async () => {
    announce("acid");
    const said = await until(() => document.getElementById("announcer")?.textContent === "acid");
    const places = document.querySelectorAll("#announcer").length;
    const polite = document.getElementById("announcer")?.getAttribute("role") === "status" || document.getElementById("announcer")?.getAttribute("aria-live") === "polite";
    return holds(said && polite && places === 1, `${places} places`);
  },
  "browser.init": (t) => holds(t.init.odd === "</script><!-- \"ع\" & 'x' \u2028", t.init.odd),
  "browser.style": (t) => holds(getComputedStyle(t.querySelector(".acid") ?? t).getPropertyValue("--acid").trim() === "applied", "the sheet is not applied"),
  "browser.asset": async (t) => {
    const picture = t.querySelector<HTMLImageElement>(".acid-dot");
    t.querySelector<HTMLDetailsElement>(".acid-form")?.setAttribute("open", "");
    const there = await until(() => (picture?.complete ?? false) && (picture?.naturalWidth ?? 0) > 0);
    t.querySelector(".acid-form")?.removeAttribute("open");
    return holds(there, `${picture?.src ?? "no picture"} did not load`);
  },
  "browser.ids": (t) => {
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    const twice = ids.filter((id, n) => ids.indexOf(id) !== n);
    const probe = t.querySelector<HTMLInputElement>("input[name=probe]");
    return holds(twice.length === 0 && (probe?.labels?.length ?? 0) === 1 && probe?.form !== null, `twice: ${twice.join() || "none"}; labels: ${probe?.labels?.length ?? 0}`);
  },
  "browser.words": (t) => {
    const root = document.documentElement;
    const way = getComputedStyle(t).direction;
    return holds(t.init.language === root.lang && way === (root.dir || "ltr") && (root.lang === "ar") === (way === "rtl"), `${t.init.language} in ${root.lang}, ${way}`);
  },
  "browser.event": (t) => {
    const known = ["usage", "init", "call", "send", "live"];
    const more = Object.keys(platform(t)).filter((name) => !known.includes(name));
    return more.length > 0 ? red(`the platform has ${more.join()}, which this row does not ask yet`) : ["none", "the platform gives scripts no way to send one"];
  },
  "effects.publish": async (t) => {
    t.heard.topic = 0;
    await t.ask("told", {});
    return holds(await until(() => t.heard.topic > 0), "nothing was heard of the topic in ten seconds");
  },
  "children.shown": (t) => {
    if (t.init.seen.places.length === 0) return ["waits", "this place has no children"];
    const empty = t.querySelectorAll("quoin-place").length;
    const filled = t.querySelectorAll(".acid-children [data-usage]").length;
    if (empty > 0 && framed()) return ["none", "a frame leaves the places of children empty"];
    return holds(empty === 0 && filled === t.init.seen.places.length, `${empty} places are empty, ${filled} hold a view`);
  },
  "question.live": async (t) => holds(await until(() => t.heard.verdict > 0), "no verdict was heard of"),
  ...frameRows,
  ...pageRows,
};
