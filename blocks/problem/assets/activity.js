// Puts authors' activities into frames without rights, gives them back their state, and asks them for the answer before the form
// is sent. What is posted is what Open edX posts: {"answer": ..., "state": ...}, or the answer alone where no state is kept.
//
// The frame speaks by the messages of the library jschannel: pages made for Open edX bring it along (scope "JSInput"), and the
// platform puts a bridge into the course's own pages (scope "quoin") that calls their functions by name.

const sandbox = "allow-scripts allow-forms allow-popups allow-pointer-lock allow-downloads";
const patience = 6000; // ms that an activity has to answer
const retries = 5;
const between = 200; // ms
const mostText = 65536; // what the platform takes for one answer, in characters

/** One activity on the page. */
class Activity {
  constructor(stage) {
    this.stage = stage;
    this.group = stage.closest(".capa-activity");
    this.field = this.group.querySelector(':scope > input[type="hidden"]');
    this.error = this.group.querySelector(":scope > .error");
    this.preferred = stage.dataset.channel === undefined ? "quoin" : "JSInput";
    this.ready = new Set();
    this.asked = new Map();
    this.calls = 0;
    this.restored = false;
    this.frame = document.createElement("iframe");
    this.frame.className = "capa-frame";
    this.frame.title = stage.dataset.title;
    this.frame.setAttribute("sandbox", sandbox);
    this.frame.setAttribute("allow", "");
    this.frame.referrerPolicy = "no-referrer";
    this.frame.width = stage.dataset.width;
    this.frame.height = stage.dataset.height;
    const address = new URL(stage.dataset.src, location.href);
    if (address.href.startsWith(new URL("/courses/", location.href).href)) address.searchParams.set("activity", "1");
    this.frame.src = address.href;
    stage.replaceChildren(this.frame);
  }

  /** hear takes one message of the frame. */
  hear(message) {
    if (typeof message.method === "string") {
      const [scope, name] = message.method.split("::", 2);
      if (name !== "__ready" || (scope !== "JSInput" && scope !== "quoin")) return;
      if (message.params === "ping") this.post({ method: `${scope}::__ready`, params: "pong" });
      if (this.ready.has(scope) && message.params === "ping") this.restored = false; // another document speaks
      this.ready.add(scope);
      this.arrived?.();
      if (this.stored() === "" || this.stage.dataset.restore === "") this.stage.dataset.ready = "";
      // The way that the author chose comes first; the other one is taken where that one stays away.
      if (scope === this.preferred) void this.restore(scope);
      else setTimeout(() => void this.restore(scope), 10 * between);
      return;
    }
    const ask = this.asked.get(message.id);
    if (!ask) return;
    this.asked.delete(message.id);
    if (message.error === undefined) ask.resolve(message.result);
    else ask.reject(new Error(String(message.message || message.error)));
  }

  post(message) {
    this.frame.contentWindow?.postMessage(JSON.stringify(message), "*"); // an opaque origin has no name
  }

  ask(method, params) {
    return new Promise((resolve, reject) => {
      const id = ++this.calls;
      this.asked.set(id, { resolve, reject });
      setTimeout(() => this.asked.delete(id) && reject(new Error("no answer")), patience);
      this.post({ id, method, params });
    });
  }

  /** tell calls one of the activity's functions, by its channel or by its name. */
  tell(scope, method, name, args) {
    if (scope === "JSInput") return this.ask(`JSInput::${method}`, args.length > 0 ? args[0] : "");
    return this.ask("quoin::run", { fn: name, args });
  }

  /** scope is the way to speak with the activity, once it is there. */
  async scope() {
    if (this.ready.size === 0) {
      await new Promise((resolve, reject) => {
        this.arrived = resolve;
        setTimeout(() => reject(new Error("the activity is not there")), patience);
      });
    }
    return this.ready.has(this.preferred) ? this.preferred : [...this.ready][0];
  }

  get keepsState() {
    return this.stage.dataset.state !== "" && this.stage.dataset.restore !== "";
  }

  /** stored is the state to give back, "" when there is none. */
  stored() {
    if (this.field.value === "") return this.stage.dataset.initial;
    try {
      const sent = JSON.parse(this.field.value);
      return typeof sent === "object" && sent !== null ? sent.state ?? "" : sent;
    } catch {
      return this.field.value;
    }
  }

  async restore(scope) {
    const state = this.stored();
    if (this.restored || this.stage.dataset.restore === "" || state === "") return;
    this.restored = true;
    for (let tries = 0; tries < retries; tries++) {
      try {
        await this.tell(scope, "setState", this.stage.dataset.restore, [state]);
        this.stage.dataset.ready = "";
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, between)); // its scripts may not have come so far
      }
    }
    this.restored = false; // the other way may come yet
  }

  /** collect puts the activity's answer into the form. */
  async collect() {
    const scope = await this.scope();
    const text = (value) => (scope === "JSInput" ? decoded(decodeURI, String(value)) : value);
    const answer = text(await this.tell(scope, "getGrade", this.stage.dataset.grade, []));
    let sent = typeof answer === "string" ? answer : JSON.stringify(answer ?? null);
    if (this.keepsState) {
      const state = await this.tell(scope, "getState", this.stage.dataset.state, []);
      sent = JSON.stringify({ answer, state: scope === "JSInput" ? text(state) : decoded(unescape, String(state)) });
    }
    if (sent.length > mostText) throw new Error("the answer is too long");
    this.field.value = sent;
  }

  say(failed) {
    this.error.hidden = !failed;
    this.error.textContent = failed ? this.stage.dataset.silent : "";
  }
}

/** decoded applies what Open edX applies to what an activity says; what that cannot read stays as it is. */
function decoded(by, text) {
  try {
    return by(text);
  } catch {
    return text;
  }
}

const activities = new Map();

function find() {
  for (const [stage] of activities) if (!stage.isConnected) activities.delete(stage);
  for (const stage of document.querySelectorAll(".capa-stage")) {
    if (!activities.has(stage)) activities.set(stage, new Activity(stage));
  }
}

window.addEventListener("message", (event) => {
  if (typeof event.data !== "string") return;
  for (const activity of activities.values()) {
    if (event.source !== activity.frame.contentWindow) continue;
    let message;
    try {
      message = JSON.parse(event.data);
    } catch {
      return; // it speaks of something else
    }
    if (typeof message === "object" && message !== null) activity.hear(message);
    return;
  }
});

// Buttons that send what was typed wait for the activities of their block.
const collected = new WeakSet();
const collecting = new WeakSet();

async function collect(button, list) {
  collecting.add(button.form);
  const results = await Promise.allSettled(list.map((activity) => activity.collect()));
  collecting.delete(button.form);
  results.forEach((result, i) => list[i].say(result.status === "rejected"));
  if (results.some((result) => result.status === "rejected") || !button.isConnected) return;
  collected.add(button);
  button.click();
}

window.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest('button[name="handler"]') : null;
  if (!button?.form || button.disabled || !["submit", "save", "hint"].includes(button.value)) return;
  if (collected.delete(button)) return;
  const list = [...activities.values()].filter((activity) => activity.field.form === button.form && activity.stage.isConnected);
  if (list.length === 0) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!collecting.has(button.form)) void collect(button, list);
}, { capture: true });

find();
new MutationObserver(find).observe(document.documentElement, { childList: true, subtree: true });
