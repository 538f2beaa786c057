// One event stream a browser: the tab that holds the lock listens and tells the others.

/** News of a block: of a verdict, or what it published under a topic, with an id. */
export type News = { usage: string; topic: string; id: string };

type Told = (news: News) => void;

/** spread is how long pages take, in milliseconds, until all have asked for what changed. */
const spread = 1000;

/** parse takes what the stream says apart: the usage key, the topic and the id, with spaces between. A verdict is the usage alone. */
function parse(text: string): News {
  const [usage = "", topic = "verdict", ...id] = text.split(" ");
  return { usage, topic: topic || "verdict", id: id.join(" ") };
}

/** gap is told when messages may have been missed: whoever waits asks again. */
export const gap = "gap";

/**
 * watch calls told with the news of each block: that it got a verdict or published something, in this tab or told by another. The stream sends ids
 * only and promises nothing: after each connection, the first one too, told hears of a gap (as usage).
 */
export function watch(told: Told): void {
  const address = document.body.dataset.events;
  if (!address) return;
  const channel = new BroadcastChannel("quoin-live");
  channel.onmessage = (message: MessageEvent<string>) => told(parse(message.data));
  const tell = (text: string) => {
    told(parse(text));
    channel.postMessage(text);
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
