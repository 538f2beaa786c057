// The form of a problem. It draws the parts that the block reads out of the OLX, and gives them back as they were changed: the event
// "form-edit" says that something was. What it does not show stays in the parts as it came.

const questions = ["choice", "check", "dropdown", "number", "text"];

class ProblemForm extends HTMLElement {
  form = null;
  count = 0;

  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.list = this.querySelector("[data-parts]");
    this.addEventListener("input", (event) => this.typed(event.target));
    this.addEventListener("change", (event) => this.typed(event.target));
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button?.dataset.add) this.addPart(button.dataset.add);
      else if (button?.dataset.do) this.act(button);
    });
    this.addEventListener("keydown", (event) => this.key(event));
  }

  /** show draws a form anew. Whoever typed in it goes on where he was. */
  show(form) {
    const at = this.place(document.activeElement);
    this.form = form;
    this.hidden = false;
    this.draw();
    this.focusAt(at);
  }

  draw() {
    this.list.replaceChildren(...this.form.parts.map((part) => this.drawn(part)));
    this.querySelector("[data-empty]").hidden = this.form.parts.length > 0;
    this.name();
  }

  template(name) {
    return this.querySelector(`template[data-template="${name}"]`).content.cloneNode(true);
  }

  drawn(part) {
    const section = this.template("part").firstElementChild;
    section.shows = part;
    section.querySelector("[data-title]").append(this.template(`title-${part.kind}`));
    section.querySelector("[data-body]").append(this.template(part.kind));
    const of = (name) => section.querySelector(`[data-f="${name}"]`);
    for (const name of ["label", "help", "answer", "tolerance", "feedback", "pool"]) if (of(name)) of(name).value = part[name] ?? "";
    for (const name of ["body", "intro", "outro", "explanation"]) if (of(name)) of(name).value = part[name]?.text ?? "";
    if (of("shuffle")) of("shuffle").checked = part.shuffle ?? false;
    for (const some of section.querySelectorAll("[data-if]")) some.hidden = !part[some.dataset.if]?.text;
    if (part.kind !== "text") section.querySelector("[data-if-text]")?.remove();
    if (part.kind === "number") this.drawNumber(section, part);
    for (const name of ["compare", "credit"]) {
      const select = of(name);
      if (!select) continue;
      const way = part[name] ?? "";
      if (![...select.options].some((o) => o.value === way)) select.append(new Option(way, way));
      select.value = way;
    }
    const source = section.querySelector("[data-source]");
    if (source) source.textContent = part.source.trim();
    const group = `right-${++this.count}`;
    for (const rows of section.querySelectorAll("[data-rows]")) {
      rows.replaceChildren(...(part[rows.dataset.rows] ?? []).map((row) => this.drawnRow(part, rows.dataset.rows, row, group)));
    }
    this.drawBoxes(section, part);
    for (const fold of section.querySelectorAll("[data-fold]")) this.unfold(fold, part);
    return section;
  }

  /** unfold opens what holds something. */
  unfold(fold, part) {
    const name = fold.dataset.fold;
    const row = fold.closest("li")?.row;
    if (row) fold.open = Boolean(row.feedback || row.unselected);
    else if (name === "explanation") fold.open = Boolean(part.explanation?.text);
    else fold.open = (part[name] ?? []).length > 0;
  }

  drawNumber(section, part) {
    const range = /^\s*([[(])([^,]*),([^,]*)([\])])\s*$/.exec(part.answer ?? "");
    section.querySelector("[data-mode]").value = range ? "range" : "one";
    section.querySelector("[data-one]").hidden = Boolean(range);
    section.querySelector("[data-range]").hidden = !range;
    const of = (name) => section.querySelector(`[data-f="${name}"]`);
    of("from").value = range?.[2].trim() ?? "";
    of("to").value = range?.[3].trim() ?? "";
    of("with_from").checked = range?.[1] !== "(";
    of("with_to").checked = range?.[4] !== ")";
  }

  drawnRow(part, list, row, group) {
    const kind = part.kind === "hints" ? "hint" : list === "sets" ? "set" : list === "wrong" ? "wrong" : part.kind === "number" || part.kind === "text" ? "answer" : part.kind;
    const item = this.template(`row-${kind}`).firstElementChild;
    item.row = row;
    for (const name of ["text", "feedback", "unselected"]) {
      const field = item.querySelector(`[data-r="${name}"]`);
      if (field) field.value = row[name] ?? "";
    }
    const points = item.querySelector('[data-r="points"]');
    if (points) points.value = row.points ?? "";
    for (const name of ["partial", "fixed", "pattern"]) {
      const tick = item.querySelector(`[data-r="${name}"]`);
      if (tick) tick.checked = row[name] ?? false;
    }
    this.worth(item, part);
    const right = item.querySelector('[data-r="correct"]');
    if (right) {
      // Open edX lets several choices be right where one is chosen: such a question keeps them.
      if (right.type === "radio" && part.rows.filter((r) => r.correct).length > 1) right.type = "checkbox";
      right.name = group;
      right.checked = row.correct ?? false;
    }
    return item;
  }

  /** worth shows of a choice what means something as its question is set up, or stands there all the same. */
  worth(item, part) {
    const { row } = item;
    const shown = { "[data-partly]": (part.credit === "points" && !row.correct) || row.partial, "[data-points]": row.partial || row.points, "[data-fixed]": part.shuffle || row.fixed };
    for (const [place, show] of Object.entries(shown)) {
      const element = item.querySelector(place);
      if (element) element.hidden = !show;
    }
  }

  worthAll(section) {
    for (const item of section.querySelectorAll('[data-rows="rows"] > li')) this.worth(item, section.shows);
  }

  /** drawBoxes gives each set of boxes all boxes of its question to tick: those that have a letter. */
  drawBoxes(section, part) {
    for (const item of section.querySelectorAll('[data-rows="sets"] > li')) {
      item.querySelector("[data-boxes]").replaceChildren(...(part.rows ?? []).slice(0, 26).map((row, at) => {
        const box = this.template("box").firstElementChild;
        const tick = box.querySelector("input");
        tick.dataset.box = String(at);
        tick.checked = (item.row.of ?? []).includes(at);
        box.querySelector("bdi").textContent = `${String.fromCharCode(65 + at)}. ${row.text.replace(/<[^>]*>/g, " ").trim()}`;
        return box;
      }));
    }
  }

  /** name gives what moves and removes the name of what it moves and removes. */
  name() {
    const sections = [...this.list.children];
    for (const [i, section] of sections.entries()) {
      const title = section.querySelector("[data-title]").textContent;
      const named = sections.length > 1 ? `${i + 1}, ${title}` : title;
      this.nameActs(section, "part", named, i, sections.length);
      for (const rows of section.querySelectorAll("[data-rows]")) {
        const items = [...rows.children];
        for (const [j, item] of items.entries()) {
          const number = (word) => this.dataset[word].replace("{0}", String(j + 1));
          const name = number(rows.dataset.rows === "sets" ? "set" : "choice");
          this.nameActs(item, "row", name, j, items.length);
          for (const place of ['[data-r="text"]', "[data-boxes]"]) item.querySelector(place)?.setAttribute("aria-label", name);
          item.querySelector('[data-r="correct"]')?.setAttribute("aria-label", number("right"));
          for (const tick of ["partial", "fixed"]) item.querySelector(`[data-r="${tick}"]`)?.setAttribute("aria-label", number(tick));
        }
      }
    }
  }

  nameActs(place, of, name, at, count) {
    for (const button of place.querySelectorAll(`[data-of="${of}"]`)) {
      const word = this.dataset[of === "part" ? button.dataset.do : `row${button.dataset.do[0].toUpperCase()}${button.dataset.do.slice(1)}`];
      button.setAttribute("aria-label", word.replace("{0}", name));
      button.title = button.getAttribute("aria-label");
      button.disabled = (button.dataset.do === "up" && at === 0) || (button.dataset.do === "down" && at === count - 1);
    }
  }

  typed(field) {
    const section = field.closest("section");
    const part = section?.shows;
    if (!part) return;
    const row = field.closest("li")?.row;
    const { f, r, box } = field.dataset;
    if (box !== undefined) {
      const at = Number(box);
      row.of = (row.of ?? []).filter((one) => one !== at);
      if (field.checked) row.of.push(at);
    } else if (r === "correct" || r === "partial") {
      this.judge(section, part, row, field);
    } else if (r) {
      row[r] = field.type === "checkbox" ? field.checked : field.value;
      if (r === "text") this.drawBoxes(section, part);
    }
    else if (field.dataset.kind !== undefined) return this.kind(section, field.value);
    else if (field.dataset.mode !== undefined) {
      section.querySelector("[data-one]").hidden = field.value === "range";
      section.querySelector("[data-range]").hidden = field.value !== "range";
      if (field.value === "range") this.range(section, part);
      else part.answer = section.querySelector('[data-f="answer"]').value = section.querySelector('[data-f="from"]').value;
    } else if (["from", "to", "with_from", "with_to"].includes(f)) this.range(section, part);
    else if (f === "shuffle") this.shuffle(section, part, field.checked);
    else if (f === "pool") {
      part.pool = field.value;
      if (part.pool && part.shuffle) this.shuffle(section, part, false); // a pool is shuffled anyway, and Open edX takes no two
    } else if (f === "credit") this.credit(section, part, field.value);
    else if (f === "explanation") {
      part.explanation = { ...part.explanation, text: field.value };
      part.solved = field.value.trim() !== "";
      if (!part.keep.wrap && !part.source) part.keep.wrap = "title";
    } else if (f === "body" || f === "intro" || f === "outro") part[f] = { ...part[f], text: field.value };
    else if (f) part[f] = field.value;
    else return;
    this.told(part);
  }

  /** judge says of a choice whether it is right, or partly so. */
  judge(section, part, row, field) {
    const name = field.dataset.r;
    if (name === "correct" && field.type === "radio") for (const other of part.rows) other.correct = false;
    row[name] = field.checked;
    if (field.checked) row[name === "correct" ? "partial" : "correct"] = false;
    if (!row.partial) row.points = "";
    const item = field.closest("li");
    for (const one of ["correct", "partial"]) {
      const tick = item.querySelector(`[data-r="${one}"]`);
      if (tick) tick.checked = row[one] ?? false;
    }
    const points = item.querySelector('[data-r="points"]');
    if (points) points.value = row.points ?? "";
    this.worthAll(section);
  }

  shuffle(section, part, on) {
    part.shuffle = section.querySelector('[data-f="shuffle"]').checked = on;
    if (on) part.pool = section.querySelector('[data-f="pool"]').value = "";
    this.worthAll(section);
  }

  /** credit sets how parts of the points are earned. Choices that were partly right are wrong where that earns nothing. */
  credit(section, part, way) {
    part.credit = way;
    if (part.kind === "choice" && way !== "points") {
      for (const item of section.querySelectorAll('[data-rows="rows"] > li')) {
        Object.assign(item.row, { partial: false, points: "" });
        item.querySelector('[data-r="partial"]').checked = false;
        item.querySelector('[data-r="points"]').value = "";
      }
    }
    this.worthAll(section);
  }

  range(section, part) {
    const of = (name) => section.querySelector(`[data-f="${name}"]`);
    part.answer = `${of("with_from").checked ? "[" : "("}${of("from").value},${of("to").value}${of("with_to").checked ? "]" : ")"}`;
    part.tolerance = "";
  }

  /** kind makes another kind of question of the same choices. */
  kind(section, kind) {
    const part = section.shows;
    if (part.kind === kind) return;
    part.kind = kind;
    part.keep = { wrap: part.keep.wrap };
    part.source = "";
    for (const row of part.rows ?? []) Object.assign(row, { keep: {}, partial: false, points: "", fixed: false });
    Object.assign(part, { credit: "", pool: "", sets: [] });
    if (kind !== "choice") part.shuffle = false;
    if (kind !== "check") {
      const first = part.rows.find((row) => row.correct);
      for (const row of part.rows) [row.correct, row.unselected] = [row === first, ""];
    }
    const fresh = this.drawn(part);
    section.replaceWith(fresh);
    this.name();
    fresh.querySelector("[data-kind]").focus();
    this.told(part);
  }

  told(part) {
    if (part) part.changed = true;
    this.dispatchEvent(new CustomEvent("form-edit", { bubbles: true }));
  }

  fresh(kind) {
    const words = () => ({ text: "" });
    const part = { kind, before: "\n", source: "", changed: true, body: words(), intro: words(), outro: words(), label: "", help: "", explanation: words(), keep: {} };
    const row = (correct = false) => ({ text: "", correct, keep: {} });
    if (["choice", "check", "dropdown"].includes(kind)) part.rows = [row(true), row(), row()];
    if (kind === "hints") part.rows = [row()];
    if (kind === "text") part.compare = "ci";
    if (kind === "explanation") part.keep.wrap = "title";
    return part;
  }

  addPart(kind) {
    const part = this.fresh(kind);
    // Hints and explanations stand at the end, and questions before them.
    const { parts } = this.form;
    let at = parts.length;
    if (questions.includes(kind) || kind === "prose") while (at > 0 && ["hints", "explanation"].includes(parts[at - 1].kind)) at--;
    parts.splice(at, 0, part);
    const section = this.drawn(part);
    this.list.insertBefore(section, this.list.children[at] ?? null);
    this.querySelector("[data-empty]").hidden = true;
    this.name();
    [...section.querySelectorAll("textarea, input")].find((field) => field.offsetParent)?.focus();
    this.told(part);
  }

  addRow(section, list) {
    const part = section.shows;
    const row = { text: "", correct: false, feedback: "", keep: {} };
    part[list] = [...(part[list] ?? []), row];
    const rows = section.querySelector(`[data-rows="${list}"]`);
    const item = this.drawnRow(part, list, row, rows.querySelector('[data-r="correct"]')?.name ?? `right-${++this.count}`);
    rows.append(item);
    for (const fold of item.querySelectorAll("[data-fold]")) this.unfold(fold, part);
    this.drawBoxes(section, part);
    this.name();
    (item.querySelector("[data-box]") ?? item.querySelector('[data-r="text"]')).focus();
    this.told(part);
  }

  act(button) {
    const section = button.closest("section");
    const part = section.shows;
    if (button.dataset.do === "row") return this.addRow(section, button.dataset.list);
    if (button.dataset.do === "olx") {
      this.dispatchEvent(new CustomEvent("form-olx", { bubbles: true, detail: this.form.parts.indexOf(part) }));
      return;
    }
    const item = button.dataset.of === "row" ? button.closest("li") : null;
    if (item) this.move(item, part[item.parentElement.dataset.rows], item.row, button.dataset.do, part);
    else this.move(section, this.form.parts, part, button.dataset.do, null);
  }

  /** move moves or removes a part or a row, and leaves the focus where one goes on. */
  move(place, list, one, how, part) {
    const at = list.indexOf(one);
    const sets = part && list === part.rows ? (part.sets ?? []) : [];
    const ticked = sets.map((set) => (set.of ?? []).map((place) => list[place])); // they go where their boxes go
    if (how === "remove") {
      const named = place.querySelector('[data-do="remove"]').getAttribute("aria-label");
      const next = place.nextElementSibling ?? place.previousElementSibling ?? place.parentElement.closest("section, quoin-problem-form");
      list.splice(at, 1);
      if (!part) this.keepBefore(one, at);
      place.remove();
      (next.querySelector(":scope > .pf-head [data-title], :scope > textarea") ?? next.querySelector("button, textarea"))?.focus();
      this.say(this.dataset.removed.replace("{0}", named));
    } else {
      const to = at + (how === "up" ? -1 : 1);
      if (to < 0 || to >= list.length) return;
      list.splice(at, 1);
      list.splice(to, 0, one);
      const { parentElement } = place;
      const active = document.activeElement;
      parentElement.insertBefore(place, parentElement.children[how === "up" ? to : to + 1] ?? null);
      (active?.disabled ? place.querySelector(`[data-do="${how === "up" ? "down" : "up"}"]`) : active)?.focus();
    }
    for (const [i, set] of sets.entries()) set.of = ticked[i].map((row) => list.indexOf(row)).filter((place) => place >= 0);
    if (sets.length > 0) this.drawBoxes([...this.list.children].find((section) => section.shows === part), part);
    this.querySelector("[data-empty]").hidden = this.form.parts.length > 0;
    this.name();
    this.told(part);
  }

  /** keepBefore leaves comments that stood before a part which is gone. */
  keepBefore(gone, at) {
    if (gone.before.trim() === "") return;
    const next = this.form.parts[at];
    if (next) next.before = gone.before + next.before;
    else this.form.after = gone.before + this.form.after;
  }

  key(event) {
    if (event.isComposing) return;
    const item = event.target.closest("li");
    const section = event.target.closest("section");
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown") && section) {
      event.preventDefault();
      const how = event.key === "ArrowUp" ? "up" : "down";
      const { activeElement } = document;
      if (item) this.move(item, section.shows[item.parentElement.dataset.rows], item.row, how, section.shows);
      else this.move(section, this.form.parts, section.shows, how, null);
      activeElement.focus();
      return;
    }
    if (event.key === "Enter" && !event.shiftKey && item && event.target.dataset.r === "text") {
      event.preventDefault(); // the next choice; with Shift a new line
      if (item.nextElementSibling) item.nextElementSibling.querySelector('[data-r="text"]').focus();
      else this.addRow(section, item.parentElement.dataset.rows);
    }
  }

  say(text) {
    this.querySelector("[data-said]").textContent = text;
  }

  /** find shows findings at their parts; what belongs to none is given back. */
  find(findings, lines, item) {
    const lists = [...this.list.children].map((section) => section.querySelector(":scope > [data-found]"));
    for (const list of lists) list.replaceChildren();
    return findings.filter((finding) => {
      let at = -1;
      for (const [i, line] of (lines ?? []).entries()) if (finding.line && line <= finding.line) at = i;
      lists[at]?.append(item({ ...finding, line: 0 }));
      return !lists[at];
    });
  }

  /** place tells where something stands in the form, for after it is drawn anew. */
  place(element) {
    if (!element || !this.list.contains(element)) return null;
    const section = element.closest("section");
    const inside = [...section.querySelectorAll("input, textarea, select, button, summary, h3")];
    return { part: [...this.list.children].indexOf(section), at: inside.indexOf(element), from: element.selectionStart, to: element.selectionEnd };
  }

  focusAt(at) {
    const section = at && this.list.children[at.part];
    const element = section?.querySelectorAll("input, textarea, select, button, summary, h3")[at.at];
    element?.focus();
    if (element instanceof HTMLTextAreaElement && typeof at.from === "number") element.setSelectionRange(at.from, at.to);
  }
}

customElements.define("quoin-problem-form", ProblemForm);
