// The author's editor of a problem: a form under "Visual", markdown, and OLX.
//
// A page that shows it sets the property values to {data, markdown, markdown_edited}, the fields as they are stored, null where one
// is unset, and listens for the event "quoin-edit", whose detail holds the fields that changed, with all of their new values, null to
// unset one. changed(fields) says what was changed in another form. What is not converted yet is not told: a problem is never without
// the OLX that its form or its markdown means. ready() ends when nothing is under way.

const pause = 400; // ms without a key before what was typed is converted

class ProblemEditor extends HTMLElement {
  begun = false;
  timer = 0;
  asked = 0;
  under = Promise.resolve();
  pending = "";

  connectedCallback() {
    if (this.begun) return;
    this.begun = true;
    this.tabs = [...this.querySelectorAll("[data-tab]")];
    for (const tab of this.tabs) tab.addEventListener("click", () => void this.turn(tab.dataset.tab));
    roving(this.tabs[0].parentElement, this.tabs, (tab) => void this.turn(tab.dataset.tab));
    const tools = [...this.querySelectorAll("[data-insert]")];
    roving(tools[0].parentElement, tools);
    for (const tool of tools) tool.addEventListener("click", () => this.insert(tool.dataset.insert));
    for (const name of ["markdown", "data"]) {
      this.field(name).addEventListener("input", () => this.typed(name));
      this.field(name).addEventListener("change", () => this.now());
    }
    this.form = this.querySelector("quoin-problem-form");
    this.form.addEventListener("form-edit", () => this.typed("visual"));
    this.form.addEventListener("form-olx", (event) => void this.toOLX(event.detail));
    this.querySelector("[data-go]").addEventListener("click", () => this.go());
    this.querySelector("[data-stay]").addEventListener("click", () => this.stay());
    if (Object.hasOwn(this, "values")) {
      const early = this.values; // set before this script came
      delete this.values;
      this.values = early;
    }
  }

  /** values are the fields as the page holds them. */
  set values(values) {
    window.clearTimeout(this.timer);
    this.kept = values.markdown ?? null;
    this.pending = "";
    this.asked++;
    this.put("markdown", values.markdown ?? "");
    this.put("data", values.data ?? "");
    this.source = typeof values.markdown === "string" && values.markdown !== "" ? "markdown" : "data";
    this.under = this.opened();
  }

  /** opened shows the form of what is kept, or what is kept where no part of it has a form. */
  async opened() {
    const was = this.shown;
    if (!was) this.show("visual");
    if (this.field("markdown").value.trim() === "" && this.field("data").value.trim() === "") {
      this.form.show({ head: "<problem>", after: "\n", tail: "</problem>", parts: [] });
      this.form.find([], [], () => null);
      this.say("");
      return;
    }
    const reply = await this.look(this.source, false);
    if (!reply || this.pending) return;
    const form = was && was !== "visual" ? null : reply.form;
    if (form && (form.parts.length === 0 || form.parts.some((part) => part.kind !== "other"))) {
      this.showForm(reply);
      if (!was) this.show("visual");
    } else if (!was || was === "visual") {
      this.show(this.source);
      this.say(this.dataset.formless);
    }
  }

  showForm(reply) {
    this.form.show(reply.form);
    this.findInForm(reply);
  }

  /** toOLX goes to a part of the form in the OLX. */
  async toOLX(part) {
    await this.turn("data");
    const reply = await this.look("data", false);
    if (this.shown === "data") this.place("data", reply?.lines?.[part] ?? 1);
  }

  /** changed hears of fields that were changed in another form: what the one says, the other is made of. */
  changed(fields) {
    if ("markdown" in fields) this.kept = fields.markdown ?? null;
    const name = fields.markdown ? "markdown" : "data" in fields ? "data" : "";
    if (!name || this.field(name).value === fields[name]) return;
    this.put(name, fields[name] ?? "");
    const { shown } = this;
    this.typed(name);
    this.now();
    if (shown === "visual") {
      this.under = this.under.then(async () => {
        const reply = await this.look(this.source, false);
        if (reply?.form) this.showForm(reply);
        else if (reply) this.show(name);
      });
    } else this.show(name);
  }

  /** ready ends when what was typed is converted and told. */
  async ready() {
    this.now();
    await this.under;
  }

  field(name) {
    return this.querySelector(`[data-field="${name}"]`);
  }

  put(name, text) {
    const field = this.field(name);
    if (field.value === text) return;
    field.value = text;
    field.closest("quoin-code")?.setAttribute("mark", ""); // numbers its lines anew
  }

  typed(name) {
    this.pending = name;
    this.asked++; // what is under way is about an older text
    this.querySelector("[data-warning]").hidden = true;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.now(), pause);
  }

  now() {
    window.clearTimeout(this.timer);
    const name = this.pending;
    this.pending = "";
    if (name) this.under = this.look(name, true);
  }

  /** look has one form read: what is wrong with it, and what it is in the others. It gives null where a newer text came meanwhile. */
  async look(name, tell) {
    const number = ++this.asked;
    const asked = name === "visual" ? { form: this.form.form, keep: this.source === "markdown" } : { [name === "data" ? "olx" : name]: this.field(name).value };
    // The markdown does not mean this any more: it goes, as in Open edX, so that nobody goes on with it by mistake.
    if (name === "data" && tell) this.toldOLX(asked.olx);
    this.say(this.dataset.converting);
    let reply;
    try {
      reply = await window.quoin.of(this).call("convert", asked);
    } catch (error) {
      if (number !== this.asked) return null;
      if (tell) this.pending ||= name; // tried again at the next change, tab or ready()
      this.say(`${this.dataset.failed} ${error instanceof Error ? error.message : ""}`);
      return null;
    }
    if (number !== this.asked) return null;
    if (name === "visual") {
      this.put("data", reply.olx);
      this.findInForm(reply);
      if (reply.markdown !== undefined) {
        this.put("markdown", reply.markdown);
        if (tell) this.told({ markdown: reply.markdown, markdown_edited: true, data: reply.olx });
      } else if (tell) this.toldOLX(reply.olx);
    } else this.find(name, reply.findings);
    if (name === "markdown") {
      this.put("data", reply.olx);
      if (tell) {
        this.source = "markdown";
        this.told({ markdown: asked.markdown, markdown_edited: true, data: reply.olx });
      }
    }
    this.tellKept();
    this.say(reply.findings.length > 0 ? this.dataset.converted.replace("{0}", String(reply.findings.length)) : this.dataset.clean);
    return reply;
  }

  toldOLX(data) {
    this.source = "data";
    this.told({ data, markdown_edited: false, ...(this.kept ? { markdown: null } : {}) });
    this.tellKept();
  }

  told(detail) {
    if ("markdown" in detail) this.kept = detail.markdown;
    this.dispatchEvent(new CustomEvent("quoin-edit", { bubbles: true, detail }));
  }

  /** tellKept says what is kept of the problem, and what becomes of it where one goes on typing. */
  tellKept() {
    const { dataset, source, shown } = this;
    const empty = this.field("markdown").value.trim() === "" && this.field("data").value.trim() === "";
    const text = empty ? "" : source === "markdown"
      ? shown === "data" ? dataset.markdownEnds : dataset.keptMarkdown
      : shown === "markdown" ? dataset.olxMade : dataset.keptOlx;
    this.querySelector("[data-kept]").textContent = text;
  }

  say(text) {
    this.querySelector("[data-state]").textContent = text;
  }

  /** findInForm shows findings at the parts of the form; those of no part are said below it. */
  findInForm(reply) {
    const loose = this.form.find(reply.findings, reply.lines, (finding) => this.item("data", finding));
    this.querySelector('[data-panel="visual"] > [data-loose]').replaceChildren(...loose.map((finding) => this.item("data", { ...finding, line: 0 })));
  }

  /** find shows findings below a form and marks their lines in it. */
  find(name, findings) {
    const list = this.querySelector(`[data-found="${name}"]`);
    list.replaceChildren(...findings.map((finding) => this.item(name, finding)));
    const lines = [...new Set(findings.map((f) => f.line).filter(Boolean))];
    this.field(name).closest("quoin-code")?.setAttribute("mark", lines.join(" "));
    this.field(name).setAttribute("aria-invalid", String(findings.some((f) => f.level === "error")));
  }

  item(name, finding) {
    const item = document.createElement("li");
    item.dataset.level = finding.level;
    if (finding.line) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button";
      button.textContent = this.dataset.atLine.replace("{0}", String(finding.line));
      button.addEventListener("click", () => this.place(name, finding.line));
      item.append(button);
    }
    const text = document.createElement("span");
    text.dir = "auto";
    const level = document.createElement("strong");
    level.textContent = finding.level === "error" ? this.dataset.mistake : this.dataset.remark;
    text.append(level, " ", finding.message);
    if (finding.fix) {
      const fix = document.createElement("span");
      fix.className = "fix";
      fix.textContent = finding.fix;
      text.append(" ", fix);
    }
    item.append(text);
    return item;
  }

  /** place puts the cursor into a line. */
  place(name, line) {
    const field = this.field(name);
    const lines = field.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, l) => sum + l.length + 1, 0);
    field.focus();
    field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    const height = field.scrollHeight / Math.max(1, lines.length);
    field.scrollTop = Math.max(0, (line - 4) * height);
  }

  /** turn goes to another form, if the problem can be said in it. */
  async turn(to) {
    if (this.shown === to) return;
    await this.ready();
    if (to === "visual") return this.turnToForm();
    if (to === this.source || to === "data" || this.field("data").value.trim() === "") {
      this.show(to);
      if (this.field(to).value) void this.look(to, false);
      return;
    }
    const reply = await this.look("data", false);
    if (!reply) return;
    this.next = reply.markdown;
    if (reply.markdown !== undefined && !reply.lost?.length) return this.go();
    const refused = reply.markdown === undefined;
    this.warn(refused ? this.dataset.refused : this.dataset.loses, refused ? reply.refused : reply.lost, !refused);
  }

  async turnToForm() {
    const reply = await this.look(this.source, false);
    if (!reply) return;
    if (!reply.form) return this.warn(this.dataset.formless, [], false);
    this.showForm(reply);
    this.show("visual");
  }

  warn(text, list, go) {
    const warning = this.querySelector("[data-warning]");
    warning.querySelector("p").textContent = text;
    warning.querySelector("ul").className = "problem-findings";
    warning.querySelector("ul").replaceChildren(...list.map((f) => this.item("data", f)));
    warning.querySelector("[data-go]").hidden = !go;
    warning.hidden = false;
    warning.focus();
  }

  /** go shows the markdown that was made of the OLX. Nothing is stored before something is typed in it. */
  go() {
    this.querySelector("[data-warning]").hidden = true;
    this.put("markdown", this.next ?? "");
    this.find("markdown", []);
    this.show("markdown");
    this.field("markdown").focus();
  }

  stay() {
    this.querySelector("[data-warning]").hidden = true;
    this.tabs.find((tab) => tab.dataset.tab === this.shown)?.focus();
  }

  show(name) {
    this.shown = name;
    for (const tab of this.tabs) {
      tab.setAttribute("aria-selected", String(tab.dataset.tab === name));
      tab.tabIndex = tab.dataset.tab === name ? 0 : -1;
    }
    for (const panel of this.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== name;
    this.querySelector("[data-warning]").hidden = true;
    this.tellKept();
  }

  /** insert puts a piece on lines of its own at the cursor, and selects the words to replace first. */
  insert(text) {
    const field = this.field("markdown");
    const before = field.value.slice(0, field.selectionStart);
    const lead = before === "" || before.endsWith("\n") ? "" : "\n";
    field.focus();
    // Typed rather than set, so that the browser's undo takes it back.
    if (!document.execCommand("insertText", false, lead + text)) {
      field.setRangeText(lead + text, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const words = /[\p{L}\p{N}][^\n|<>[\](),]*/u.exec(text.replace(/^(\(x\)|\[x\]|s=|\[explanation\])/, (mark) => " ".repeat(mark.length)));
    if (!words) return;
    const start = before.length + lead.length + words.index;
    field.setSelectionRange(start, start + words[0].trimEnd().length);
  }
}

/** roving makes a row of buttons one stop of the tab key, with arrows inside. */
function roving(row, items, choose = () => {}) {
  row.addEventListener("keydown", (event) => {
    const at = items.indexOf(document.activeElement);
    const along = getComputedStyle(row).direction === "rtl" ? -1 : 1;
    const to = { ArrowRight: at + along, ArrowLeft: at - along, Home: 0, End: items.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const next = items[(to + items.length) % items.length];
    for (const item of items) item.tabIndex = item === next ? 0 : -1;
    next.focus();
    choose(next);
  });
}

customElements.define("quoin-problem-editor", ProblemEditor);
