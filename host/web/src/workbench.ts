// The workbench of a block's developer: scenarios, the people's pages side by side, the author's form, and what happens inside.

import { announce } from "./announce";
import { drawForm, setUpActions, showFaults } from "./benchactions";
import { ask, type Bench, type Call, fill, find, say } from "./benchapi";
import { reload, setUpFrames, showBroken, watchLoads } from "./benchframes";
import { heard, load, refresh, setUpInspector } from "./benchinspect";
import { drawScenes, setUpScenes } from "./benchscenes";
import { current, setBench } from "./benchstate";
import { setUpRows } from "./rows";

/** look asks what there is. */
async function look(): Promise<void> {
  setBench(await ask<Bench>("/api/bench"));
  drawScenes(choose);
  showBroken(current().broken);
  showFaults(current().faults);
}

/** choose shows the scenario that was chosen. */
function choose(): void {
  drawScenes(choose);
  reload();
  void load();
  void drawForm(true);
}

let began = 0;

function listen(): void {
  const stream = new EventSource("/api/events");
  let first = true;
  stream.addEventListener("hello", () => {
    if (first) void load(); // what happened before one could hear it
    else void look().then(choose); // the workbench was started again, or the computer slept
    first = false;
  });
  stream.addEventListener("call", (event) => heard(JSON.parse(event.data) as Call));
  stream.addEventListener("faults", (event) => {
    current().faults = JSON.parse(event.data) as Record<string, string>;
    showFaults(current().faults);
  });
  stream.addEventListener("broken", (event) => showBroken(JSON.parse(event.data) as Record<string, string>));
  stream.addEventListener("built", (event) => {
    began = performance.now();
    reload(); // first what is waited for
    const names = (JSON.parse(event.data) as string[]).join(", ");
    find("built").textContent = fill(say("built"), names, new Date().toLocaleTimeString(document.documentElement.lang));
    announce(fill(say("built_short"), names));
    void look().then(() => {
      refresh();
      void drawForm(false);
    });
  });
  stream.addEventListener("scenarios", () => void look());
  stream.addEventListener("saved", () => {
    reload();
    void look().then(refresh);
  });
  stream.addEventListener("state", () => {
    reload();
    refresh();
  });
}

async function begin(): Promise<void> {
  setUpRows();
  setUpInspector();
  setUpActions();
  setUpScenes(choose, look);
  await look();
  setUpFrames(() => {
    void load();
    showFaults(current().faults);
  });
  watchLoads(() => {
    document.documentElement.dataset.fresh = String(Number(document.documentElement.dataset.fresh ?? 0) + 1);
    if (began) document.documentElement.dataset.took = String(Math.round(performance.now() - began));
  });
  find("wrong").querySelector("button")?.addEventListener("click", () => (find("wrong").hidden = true));
  choose();
  listen();
}

void begin();
