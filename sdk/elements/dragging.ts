// Dragging with a pointer, for whatever can be moved.

/** What a drag tells: begun, where the pointer is, and how it ended. */
export interface Drag {
  lift(): void;
  over(x: number, y: number): void;
  drop(): void;
  back(): void;
}

const begins = 6; // pixels that tell a drag from a press

/** drag lets an item be dragged by its handle. */
export function drag(handle: HTMLElement, told: Drag): void {
  handle.addEventListener("pointerdown", (down) => {
    if (down.button !== 0 || handle instanceof HTMLButtonElement && handle.disabled) return;
    const ends = new AbortController();
    const { signal } = ends;
    let moving = false;
    // The item may be put elsewhere in the page while it is dragged, which would end a capture of the pointer: the window listens.
    window.addEventListener("pointermove", (event) => {
      if (event.pointerId !== down.pointerId) return;
      if (!moving && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < begins) return;
      if (!moving) told.lift();
      moving = true;
      told.over(event.clientX, event.clientY);
    }, { signal });
    const end = (event: PointerEvent, how: () => void) => {
      if (event.pointerId !== down.pointerId) return;
      ends.abort();
      if (!moving) return;
      how();
      swallowClick();
    };
    window.addEventListener("pointerup", (event) => end(event, () => {
      told.over(event.clientX, event.clientY);
      told.drop();
    }), { signal });
    window.addEventListener("pointercancel", (event) => end(event, told.back), { signal });
  });
}

/** swallowClick takes away the click that a browser sends after the pointer was let go, which would be a press of the handle. */
function swallowClick(): void {
  const stop = new AbortController();
  window.addEventListener("click", (click) => click.stopPropagation(), { capture: true, signal: stop.signal });
  window.setTimeout(() => stop.abort(), 0);
}
