// Tells the server that a text was read: it stood in view for five seconds (as Open edX counts).

const delay = 5000;

/** trackCompletion watches the blocks that complete by being viewed. */
export function trackCompletion(): void {
  const address = document.body.dataset.completion;
  const token = document.body.dataset.token;
  const blocks = document.querySelectorAll<HTMLElement>("[data-complete-on-view]");
  if (!address || !token || blocks.length === 0) return;
  const timers = new Map<Element, number>();
  const done = (block: Element) => {
    observer.unobserve(block);
    const body = new URLSearchParams({ token, usage: (block as HTMLElement).dataset.usage ?? "" });
    void fetch(address, { method: "POST", body, credentials: "same-origin", keepalive: true });
  };
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        const timer = timers.get(entry.target);
        if (entry.isIntersecting && timer === undefined) {
          timers.set(entry.target, window.setTimeout(() => done(entry.target), delay));
        } else if (!entry.isIntersecting && timer !== undefined) {
          window.clearTimeout(timer);
          timers.delete(entry.target);
        }
      }
    },
    { threshold: 0.01 },
  );
  for (const block of blocks) observer.observe(block);
}
