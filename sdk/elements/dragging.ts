// Dragging with a pointer, for whatever can be moved.

/** What a drag tells: begun, where the pointer is, and how it ended. */
export interface Drag {
  lift(): void;
  /** Where the pointer is in the window; told again when the page moves below it. */
  over(x: number, y: number): void;
  drop(): void;
  back(): void;
}

const begins = 6; // pixels that tell a drag from a press
const fastest = 16; // pixels that the page is pulled along at once

/** drag lets an item be dragged by its handle. */
export function drag(handle: HTMLElement, told: Drag): void {
  handle.addEventListener("pointerdown", (down) => {
    if (!(handle instanceof HTMLButtonElement && handle.disabled)) follow(down, told);
  });
}

/** follow follows the pointer from where it was pressed until it is let go. Escape puts everything back. */
export function follow(down: PointerEvent, told: Drag): void {
  if (down.button !== 0) return;
  const ends = new AbortController();
  const { signal } = ends;
  let at: { x: number; y: number } | null = null; // null until it is a drag
  const over = () => at && told.over(at.x, at.y);
  // The item may be put elsewhere in the page while it is dragged, which would end a capture of the pointer: the window listens.
  window.addEventListener("pointermove", (event) => {
    if (event.pointerId !== down.pointerId) return;
    if (!at && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < begins) return;
    if (!at) {
      told.lift();
      pull(() => at, down.clientY, signal);
    }
    at = { x: event.clientX, y: event.clientY };
    over();
  }, { signal });
  // The browser's own ways of dragging, of a text that is selected or of a picture, take the pointer away.
  for (const own of ["selectstart", "dragstart"]) window.addEventListener(own, (event) => event.preventDefault(), { capture: true, signal });
  window.addEventListener("scroll", over, { capture: true, passive: true, signal });
  const end = (how: () => void) => {
    ends.abort();
    if (!at) return;
    how();
    swallowClick();
  };
  window.addEventListener("pointerup", (event) => {
    if (event.pointerId !== down.pointerId) return;
    if (at) at = { x: event.clientX, y: event.clientY };
    over();
    end(told.drop);
  }, { signal });
  window.addEventListener("pointercancel", (event) => {
    if (event.pointerId === down.pointerId) end(told.back);
  }, { signal });
  window.addEventListener("keydown", (event) => {
    if (!at || event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    end(told.back);
  }, { capture: true, signal });
}

/**
 * pull moves the page along while the pointer is held at an end of the window, so that what is further away than the window is high
 * can be reached. The ends are what the page keeps clear for its bars (scroll-padding). An item that was lifted there is pulled only
 * once it was moved towards the end.
 */
function pull(pointer: () => { y: number } | null, from: number, signal: AbortSignal): void {
  const kept = getComputedStyle(document.documentElement);
  const above = parseFloat(kept.scrollPaddingTop) || 48;
  const below = parseFloat(kept.scrollPaddingBottom) || 48;
  const step = () => {
    if (signal.aborted) return;
    const y = pointer()?.y ?? from;
    const up = y < from ? Math.max(0, above - y) / above : 0;
    const down = y > from ? Math.max(0, y - window.innerHeight + below) / below : 0;
    const by = Math.round(Math.min(1, down) * fastest) - Math.round(Math.min(1, up) * fastest);
    if (by !== 0) window.scrollBy({ top: by, behavior: "instant" });
    window.requestAnimationFrame(step);
  };
  window.requestAnimationFrame(step);
}

/** swallowClick takes away the click that a browser sends after the pointer was let go, which would be a press of the handle. */
function swallowClick(): void {
  const stop = new AbortController();
  window.addEventListener("click", (click) => click.stopPropagation(), { capture: true, signal: stop.signal });
  window.setTimeout(() => stop.abort(), 0);
}
