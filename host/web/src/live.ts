// One event stream a browser: the tab that holds the lock listens and tells the others.

type Told = (usage: string) => void;

/** watch calls told with the usage key of each block that got a verdict, in this tab or told by another. */
export function watch(told: Told): void {
  const address = document.body.dataset.events;
  if (!address) return;
  const channel = new BroadcastChannel("quoin-live");
  channel.onmessage = (message: MessageEvent<string>) => told(message.data);
  const listen = () =>
    new Promise<void>(() => {
      const source = new EventSource(address);
      source.addEventListener("verdict", (event) => {
        const usage = (event as MessageEvent<string>).data;
        told(usage);
        channel.postMessage(usage);
      });
    });
  if (navigator.locks) void navigator.locks.request(`quoin-live:${address}`, listen);
  else void listen();
}
