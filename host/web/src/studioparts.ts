// Moving components in a unit: by dragging their handle, or by arrow keys on it.

import { follow } from "@quoin/elements/dragging.ts";

type Move = (usage: string, after: string) => Promise<void>;

/** movable lets the components of a list be moved. after is the usage key of the one before, "" for the beginning. */
export function movable(list: HTMLElement, move: Move): void {
  let busy = false;
  const go = async (part: HTMLElement, after: HTMLElement | null) => {
    if (busy || after === part) return;
    busy = true;
    await move(part.dataset.part ?? "", after?.dataset.part ?? "").finally(() => (busy = false));
  };
  list.addEventListener("keydown", (event) => {
    const part = (event.target as Element).closest<HTMLElement>("[data-grip]")?.closest<HTMLElement>("[data-part]");
    if (!part || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    const before = part.previousElementSibling as HTMLElement | null;
    const next = part.nextElementSibling as HTMLElement | null;
    if (event.key === "ArrowDown" && next) void go(part, next);
    else if (event.key === "ArrowUp" && before) void go(part, before.previousElementSibling as HTMLElement | null);
  });
  list.addEventListener("pointerdown", (event) => {
    const part = (event.target as Element).closest<HTMLElement>("[data-grip]")?.closest<HTMLElement>("[data-part]");
    if (part) carry(list, part, event, go);
  });
}

function carry(list: HTMLElement, part: HTMLElement, down: PointerEvent, go: (part: HTMLElement, after: HTMLElement | null) => Promise<void>): void {
  let after: HTMLElement | null = null;
  const line = document.createElement("li");
  line.className = "part-line";
  line.setAttribute("aria-hidden", "true");
  const end = () => {
    line.remove();
    part.classList.remove("dragged");
    list.classList.remove("dragging");
  };
  follow(down, {
    lift: () => {
      part.classList.add("dragged");
      list.classList.add("dragging"); // frames must not take the pointer
    },
    over: (_x, y) => {
      after = null;
      for (const other of list.querySelectorAll<HTMLElement>(":scope > [data-part]")) {
        const box = other.getBoundingClientRect();
        if (other !== part && y > box.top + box.height / 2) after = other;
      }
      if (after) after.after(line);
      else list.prepend(line);
    },
    drop: () => {
      end();
      if (after !== part.previousElementSibling) void go(part, after);
    },
    back: end,
  });
}
