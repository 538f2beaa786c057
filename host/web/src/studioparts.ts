// Moving components in a unit: by dragging their handle, or by arrow keys on it.

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
    const grip = (event.target as Element).closest<HTMLElement>("[data-grip]");
    const part = grip?.closest<HTMLElement>("[data-part]");
    if (!grip || !part || event.button !== 0) return;
    drag(list, grip, part, event, go);
  });
}

function drag(list: HTMLElement, grip: HTMLElement, part: HTMLElement, down: PointerEvent, go: (part: HTMLElement, after: HTMLElement | null) => Promise<void>): void {
  let begun = false;
  let after: HTMLElement | null = null;
  const line = document.createElement("li");
  line.className = "part-line";
  line.setAttribute("aria-hidden", "true");
  grip.setPointerCapture(down.pointerId);
  const moved = (event: PointerEvent) => {
    if (!begun && Math.abs(event.clientY - down.clientY) < 5) return;
    begun = true;
    part.classList.add("dragged");
    list.classList.add("dragging"); // frames must not take the pointer
    after = null;
    for (const other of list.querySelectorAll<HTMLElement>(":scope > [data-part]")) {
      const box = other.getBoundingClientRect();
      if (other !== part && event.clientY > box.top + box.height / 2) after = other;
    }
    if (after) after.after(line);
    else list.prepend(line);
    const edge = 60;
    if (event.clientY < edge) window.scrollBy(0, -12);
    else if (event.clientY > window.innerHeight - edge) window.scrollBy(0, 12);
  };
  const end = (drop: boolean) => {
    grip.removeEventListener("pointermove", moved);
    grip.removeEventListener("pointerup", up);
    grip.removeEventListener("pointercancel", cancel);
    document.removeEventListener("keydown", escape, true);
    line.remove();
    part.classList.remove("dragged");
    list.classList.remove("dragging");
    if (drop && begun && after !== part.previousElementSibling) void go(part, after);
  };
  const up = () => end(true);
  const cancel = () => end(false);
  const escape = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    end(false);
  };
  grip.addEventListener("pointermove", moved);
  grip.addEventListener("pointerup", up);
  grip.addEventListener("pointercancel", cancel);
  document.addEventListener("keydown", escape, true);
}
