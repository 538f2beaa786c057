// What the workbench's page shows now: which scenario, who, which panes. It is kept in this browser.

import type { Bench, Persona, Scenario } from "./benchapi";

export type Pane = "learner" | "second" | "author" | "staff";

type Kept = { scenario: string; learner: string; second: string; staff: string; width: string; panes: Pane[] };

const place = "quoin-workbench";

function kept(): Kept {
  const otherwise: Kept = { scenario: "", learner: "ada", second: "lea", staff: "unit", width: "", panes: ["learner", "author"] };
  try {
    return { ...otherwise, ...(JSON.parse(localStorage.getItem(place) ?? "{}") as Partial<Kept>) };
  } catch {
    return otherwise; // damaged or forbidden: nothing is lost but a choice
  }
}

export const now: Kept = kept();

let bench: Bench | null = null;

export function setBench(fresh: Bench): void {
  bench = fresh;
  if (!fresh.scenarios.some((s) => s.id === now.scenario)) {
    now.scenario = (fresh.scenarios.find((s) => s.kind === "sample") ?? fresh.scenarios[0])?.id ?? "";
  }
}

export function current(): Bench {
  if (!bench) throw new Error("the workbench was not asked yet");
  return bench;
}

export function scenario(): Scenario | undefined {
  return bench?.scenarios.find((s) => s.id === now.scenario);
}

export function persona(id: string): Persona | undefined {
  return bench?.people.find((p) => p.id === id);
}

export function staff(): Persona | undefined {
  return bench?.people.find((p) => p.staff);
}

export function keep(): void {
  try {
    localStorage.setItem(place, JSON.stringify(now));
  } catch {
    // A forbidden storage costs the choice alone.
  }
}
