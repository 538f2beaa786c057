// The rows of an outline: which can be seen, which has the focus, which are selected. They are a tree grid: arrows walk it.

/** rowsOf gives the rows, in order. */
export function rowsOf(grid: HTMLElement): HTMLElement[] {
  return [...grid.querySelectorAll<HTMLElement>(":scope > [role=row]")];
}

export function usage(row: HTMLElement): string {
  return row.dataset.usage ?? "";
}

export function level(row: HTMLElement): number {
  return Number(row.getAttribute("aria-level"));
}

/** below gives the rows that stand under one. */
export function below(row: HTMLElement): HTMLElement[] {
  const found: HTMLElement[] = [];
  for (let at = row.nextElementSibling as HTMLElement | null; at && level(at) > level(row); at = at.nextElementSibling as HTMLElement | null) found.push(at);
  return found;
}

/** above is the row that another stands under. */
export function above(row: HTMLElement): HTMLElement | null {
  for (let at = row.previousElementSibling as HTMLElement | null; at; at = at.previousElementSibling as HTMLElement | null) {
    if (level(at) < level(row)) return at;
  }
  return null;
}

/** siblings gives the rows that stand beside one under the same row, itself among them. */
export function siblings(grid: HTMLElement, row: HTMLElement): HTMLElement[] {
  const parent = above(row);
  const near = parent ? below(parent) : rowsOf(grid);
  return near.filter((r) => level(r) === level(row));
}

/** Tree walks and selects. */
export class Tree {
  private anchor: HTMLElement | null = null;

  constructor(
    readonly grid: HTMLElement,
    private readonly key: string,
    /** fetched brings rows that are not in the page yet. */
    private readonly fetched: () => Promise<void>,
    private readonly chosen: () => void,
  ) {}

  get current(): HTMLElement | null {
    return this.grid.querySelector<HTMLElement>(':scope > [role=row][tabindex="0"]');
  }

  /** find is the row of a usage key. */
  find(key: string): HTMLElement | null {
    return this.grid.querySelector<HTMLElement>(`:scope > [data-usage="${CSS.escape(key)}"]`);
  }

  /** settle takes rows over that have come into the page: one of them can be reached by Tab, the shut ones' rows are hidden. */
  settle(focus?: string, shutByDefault = false): void {
    const open = this.opened();
    let hiddenBelow = 0;
    for (const row of rowsOf(this.grid)) {
      const at = level(row);
      if (hiddenBelow && at > hiddenBelow) {
        row.hidden = true;
        continue;
      }
      hiddenBelow = 0;
      row.hidden = false;
      if (!row.hasAttribute("aria-expanded")) continue;
      const wanted = row.hasAttribute("data-found") || (open[usage(row)] ?? (row.hasAttribute("data-unfetched") ? false : !shutByDefault));
      row.setAttribute("aria-expanded", String(wanted));
      if (!wanted) hiddenBelow = at;
    }
    const rows = this.seen();
    this.reach((focus && this.find(focus)) || shown(this.current) || rows[0] || null);
  }

  private reach(row: HTMLElement | null): void {
    for (const at of this.grid.querySelectorAll<HTMLElement>(':scope > [role=row][tabindex="0"]')) {
      if (at === row) continue;
      at.tabIndex = -1;
      for (const inside of at.querySelectorAll<HTMLElement>("a, button, input")) inside.tabIndex = -1;
    }
    if (!row) return;
    row.tabIndex = 0;
    for (const inside of row.querySelectorAll<HTMLElement>("a:not(.o-toggle), button, input")) inside.tabIndex = 0;
  }

  seen(): HTMLElement[] {
    return rowsOf(this.grid).filter((r) => !r.hidden);
  }

  focus(row: HTMLElement | null | undefined): void {
    if (!row) return;
    for (let up = above(row); up; up = above(up)) if (up.getAttribute("aria-expanded") === "false") this.open(up, true);
    this.reach(row);
    row.focus();
  }

  /** focusQuietly makes a row the one that Tab reaches, where the focus has come into it already. */
  focusQuietly(row: HTMLElement): void {
    this.reach(row);
  }

  /** step goes to the row so many further on. */
  step(by: number, extend = false): void {
    const rows = this.seen();
    const at = this.current ? rows.indexOf(this.current) : -1;
    const to = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    if (extend && this.current) {
      this.anchor ??= this.current;
      this.between(this.anchor, to ?? this.current);
    }
    this.focus(to);
  }

  /** into opens a row, or goes into it; out shuts it, or goes up. */
  into(row: HTMLElement): void {
    if (row.getAttribute("aria-expanded") === "false") this.open(row, true);
    else if (row.getAttribute("aria-expanded") === "true") this.focus(below(row)[0]);
  }

  out(row: HTMLElement): void {
    if (row.getAttribute("aria-expanded") === "true") this.open(row, false);
    else this.focus(above(row));
  }

  open(row: HTMLElement, open: boolean): void {
    if (!row.hasAttribute("aria-expanded")) return;
    const kept = this.opened();
    kept[usage(row)] = open;
    sessionStorage.setItem(this.key, JSON.stringify(kept));
    row.setAttribute("aria-expanded", String(open));
    if (open && row.hasAttribute("data-unfetched")) {
      void this.fetched();
      return;
    }
    let shut = 0;
    for (const under of below(row)) {
      const at = level(under);
      if (shut && at > shut) continue;
      shut = 0;
      under.hidden = !open;
      if (under.getAttribute("aria-expanded") === "false") shut = at;
      if (!open) continue;
    }
    if (!open) for (const under of below(row)) under.hidden = true;
  }

  openAll(open: boolean): void {
    const kept = this.opened();
    for (const row of rowsOf(this.grid)) if (row.hasAttribute("aria-expanded")) kept[usage(row)] = open;
    sessionStorage.setItem(this.key, JSON.stringify(kept));
    if (open && this.grid.querySelector("[data-unfetched]")) void this.fetched();
    else this.settle();
  }

  /** opened are the rows that the reader opened (true) or shut (false). */
  opened(): Record<string, boolean> {
    try {
      return JSON.parse(sessionStorage.getItem(this.key) ?? "{}") as Record<string, boolean>;
    } catch {
      return {};
    }
  }

  selected(): HTMLElement[] {
    return rowsOf(this.grid).filter((r) => r.getAttribute("aria-selected") === "true");
  }

  /** meant are the rows that an action is about: what is selected where the row is among it, else the row alone. */
  meant(row: HTMLElement | null): HTMLElement[] {
    const selected = this.selected();
    if (!row) return selected;
    return selected.includes(row) ? selected : [row];
  }

  select(row: HTMLElement, on: boolean): void {
    row.setAttribute("aria-selected", String(on));
    const box = row.querySelector<HTMLInputElement>(".o-pick");
    if (box) box.checked = on;
    this.anchor = on ? row : null;
    this.chosen();
  }

  selectNone(): void {
    for (const row of this.selected()) this.select(row, false);
  }

  /** extendTo selects from where the selection began to a row. */
  extendTo(row: HTMLElement): void {
    this.between(this.anchor ?? this.current ?? row, row);
  }

  private between(from: HTMLElement, to: HTMLElement): void {
    const rows = this.seen();
    const [a, b] = [rows.indexOf(from), rows.indexOf(to)].sort((x, y) => x - y);
    const kept = this.anchor;
    rows.forEach((row, i) => {
      const on = i >= a! && i <= b!;
      if (on !== (row.getAttribute("aria-selected") === "true")) this.select(row, on);
    });
    this.anchor = kept ?? from;
  }
}

/** shown is a row that can be seen: itself, or the one above it that is shut over it. */
function shown(row: HTMLElement | null): HTMLElement | null {
  let at = row;
  while (at?.hidden) at = above(at);
  return at;
}
