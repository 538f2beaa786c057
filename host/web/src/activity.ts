// Stands first in an activity: a page of a course's files that a block shows in a frame without rights. It lets the block's script
// call functions of the page by their names, and brings the Channel that pages written for Open edX expect, where they do not load
// a copy of that library (jschannel) themselves. Both speak its messages: JSON texts with scope, method, id and result.

(() => {
  type Message = { id?: number; method?: string; params?: unknown; result?: unknown; error?: string; message?: string };
  type Call = { fn: string; args: unknown[] };
  type Handler = (transaction: Transaction, params: unknown) => unknown;
  type Asked = { success?(value: unknown): void; error?(code: string, message: string): void };
  type Transaction = {
    origin: string;
    error(code: string, message?: string): void;
    complete(value: unknown): void;
    delayReturn(delay: boolean): boolean;
    completed(): boolean;
    invoke(): void;
  };
  type Settings = { window: Window; origin?: string; scope?: string; onReady?(channel: unknown): void };

  const parse = (data: unknown): Message | null => {
    if (typeof data !== "string") return null;
    try {
      const message: unknown = JSON.parse(data);
      return typeof message === "object" && message !== null ? (message as Message) : null;
    } catch {
      return null; // not ours
    }
  };

  const failure = (error: unknown): [string, string] => {
    if (Array.isArray(error)) return [String(error[0]), String(error[1] ?? "")];
    if (typeof error === "object" && error !== null && "error" in error && "message" in error) return [String(error.error), String(error.message)];
    return ["runtime_error", error instanceof Error ? error.message : String(error)];
  };

  /** build opens a channel to a window: the other end hears that this one is ready, and what was said before waits for that. */
  function build(settings: Settings) {
    const { window: other, scope = "" } = settings;
    const bound = new Map<string, Handler>();
    const asked = new Map<number, Asked>();
    const waiting: Message[] = [];
    let ready = false;
    let calls = 0;
    const scoped = (method: string) => (scope ? `${scope}::${method}` : method);
    const post = (message: Message) => other.postMessage(JSON.stringify(message), "*"); // an opaque origin has no name
    const say = (message: Message) => void (ready ? post(message) : waiting.push(message));

    function answer(id: number, handler: Handler, params: unknown, origin: string): void {
      let delayed = false;
      let done = false;
      const end = (message: Message) => {
        if (done) return;
        done = true;
        say(message);
      };
      const transaction: Transaction = {
        origin,
        error: (code, message = "") => end({ id, error: code, message }),
        complete: (value) => end({ id, result: value }),
        delayReturn: (delay) => (delayed = delay),
        completed: () => done,
        invoke: () => {},
      };
      try {
        const value = handler(transaction, params);
        if (!delayed && !done) end({ id, result: value });
      } catch (error) {
        const [code, message] = failure(error);
        end({ id, error: code, message });
      }
    }

    function hear(event: MessageEvent): void {
      const message = event.source === other ? parse(event.data) : null;
      if (!message) return;
      if (typeof message.method === "string") {
        const [of, name] = message.method.includes("::") ? message.method.split("::", 2) : ["", message.method];
        if (of !== scope) return;
        if (name === "__ready") return begin(message.params === "ping");
        const handler = bound.get(name ?? "");
        if (message.id === undefined) return void handler?.(Object.create(null) as Transaction, message.params);
        if (handler) answer(message.id, handler, message.params, event.origin);
        return;
      }
      const ask = message.id === undefined ? undefined : asked.get(message.id);
      if (!ask || message.id === undefined) return;
      asked.delete(message.id);
      if (message.error !== undefined) ask.error?.(message.error, message.message ?? "");
      else ask.success?.(message.result);
    }

    function begin(pinged: boolean): void {
      if (ready) return;
      ready = true;
      if (pinged) post({ method: scoped("__ready"), params: "pong" });
      for (const message of waiting.splice(0)) post(message);
      settings.onReady?.(channel);
    }

    const channel = {
      bind(method: string, handler: Handler) {
        bound.set(method, handler);
        return channel;
      },
      unbind: (method: string) => bound.delete(method),
      call(ask: Asked & { method: string; params?: unknown }) {
        asked.set(++calls, ask);
        say({ id: calls, method: scoped(ask.method), params: ask.params });
      },
      notify: (tell: { method: string; params?: unknown }) => say({ method: scoped(tell.method), params: tell.params }),
      destroy() {
        window.removeEventListener("message", hear);
        bound.clear();
      },
    };
    window.addEventListener("message", hear);
    window.setTimeout(() => post({ method: scoped("__ready"), params: "ping" }), 0);
    return channel;
  }

  // A page may declare a Channel of its own over this one.
  Object.defineProperty(window, "Channel", { value: { build }, writable: true, configurable: true });
  if (window.parent === window) return;

  type Found = { holder: unknown; value: unknown };

  /** find looks a name up, "name" or "object.name". Names that a script declares with let or const are no properties of the window. */
  function find(name: string): Found {
    let found: Found = { holder: window, value: window };
    for (const part of name.split(".")) {
      found = { holder: found.value, value: (found.value as Record<string, unknown> | null | undefined)?.[part] };
    }
    if (typeof found.value === "function" || !/^[\p{L}_$][\p{L}\p{N}_$]*(\.[\p{L}_$][\p{L}\p{N}_$]*)*$/u.test(name)) return found;
    const of = name.slice(0, Math.max(0, name.lastIndexOf(".")));
    try {
      return { holder: of ? (0, eval)(of) : window, value: (0, eval)(name) };
    } catch {
      return found; // declared nowhere
    }
  }

  function run({ fn, args }: Call): unknown {
    const { holder, value } = find(fn);
    if (typeof value !== "function") throw new Error(`${fn} is no function of this page`);
    return (value as (...args: unknown[]) => unknown).apply(holder, args);
  }

  // The page's own scripts have run by then.
  window.addEventListener("load", () => {
    build({ window: window.parent, scope: "quoin" }).bind("run", (transaction, params) => {
      const value = run(params as Call);
      if (!(value instanceof Promise)) return value;
      transaction.delayReturn(true);
      value.then((result) => transaction.complete(result), (error: unknown) => transaction.error(...failure(error)));
      return undefined;
    });
  });
})();
