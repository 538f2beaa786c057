// Sends a block's form: tells the elements how it fares, with progress where files travel, and lets the reader stop it.

/** newId makes a request id: 128 random bits. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

/** What a form brought. */
export type Answer = { html?: string; answer?: string; location?: string; message?: string; error?: string; waiting?: boolean };

/** Stopped says that the reader stopped it. */
export class Stopped extends Error {}

/** tellForm tells the elements of a block how its form fares: sending, progress, sent, failed, offline, stopped. */
export function tellForm(block: Element, state: string, more: { done?: number; total?: number } = {}): void {
  block.dispatchEvent(new CustomEvent("quoin-form", { bubbles: true, detail: { state, ...more } }));
}

/** post sends a form. It throws when the network is away, and Stopped when the block is told to stop. */
export async function post(
  block: HTMLElement,
  address: string,
  body: FormData,
  progress: (done: number, total: number) => void = (done, total) => tellForm(block, "progress", { done, total }),
): Promise<{ ok: boolean; answer: Answer }> {
  const files = [...body.values()].some((value) => value instanceof File && value.size > 0);
  if (files) return upload(block, address, body, progress);
  const response = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin" });
  return { ok: response.ok, answer: (await response.json().catch(() => ({}))) as Answer };
}

/** upload is post by the one way that tells how much has gone. */
function upload(
  block: HTMLElement,
  address: string,
  body: FormData,
  progress: (done: number, total: number) => void,
): Promise<{ ok: boolean; answer: Answer }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    block.addEventListener("quoin-stop", stop);
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => progress(event.loaded, event.total));
    request.addEventListener("abort", () => reject(new Stopped()));
    request.addEventListener("error", () => reject(new TypeError("the network is away")));
    request.addEventListener("loadend", () => block.removeEventListener("quoin-stop", stop));
    request.addEventListener("load", () => {
      let answer: Answer = {};
      try {
        answer = JSON.parse(request.responseText) as Answer;
      } catch {
        // An answer that is no JSON says nothing; its status does.
      }
      resolve({ ok: request.status >= 200 && request.status < 300, answer });
    });
    request.send(body);
  });
}
