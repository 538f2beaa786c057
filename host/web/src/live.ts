// One event stream a browser: the tab that holds the lock listens and tells the others.

type Told = (usage: string) => void;

/** spread is how long pages take, in milliseconds, until all have asked for what changed. */
const spread = 1000;

/** gap is told when messages may have been missed: whoever waits asks again. */
export const gap = "gap";

/**
 * watch calls told with the usage key of each block that got a verdict, in this tab or told by another. The stream sends ids
 * only and promises nothing: after each connection, the first one too, told hears of a gap.
 */
export function watch(told: Told): void {
  const address = document.body.dataset.events;
  if (!address) return;
  const channel = new BroadcastChannel("quoin-live");
  channel.onmessage = (message: MessageEvent<string>) => told(message.data);
  const tell = (usage: string) => {
    told(usage);
    channel.postMessage(usage);
  };
  const listen = () =>
    new Promise<void>(() => {
      const source = new EventSource(address);
      source.addEventListener("open", () => tell(gap));
      source.addEventListener("verdict", (event) => tell((event as MessageEvent<string>).data));
      // What a block published reaches many pages at once: they ask one after the other.
      source.addEventListener("changed", (event) => {
        window.setTimeout(() => tell((event as MessageEvent<string>).data), Math.random() * spread);
      });
    });
  if (navigator.locks) void navigator.locks.request(`quoin-live:${address}`, listen);
  else void listen();
}
