// Dragging rows of an outline to another place. The same is done by Alt with the arrows, and by "Move to" in a row's menu.

import { above, below, level, rowsOf, siblings, Tree, usage } from "./studiotree";

/** Place is where rows go: under a row, "" for the course itself, and behind a row, "" for the beginning. */
export type Place = { to: string; after: string };

/** serveDragging lets rows be dragged by their handles. */
export function serveDragging(tree: Tree, course: string, drop: (rows: HTMLElement[], place: Place) => void): void {
  let dragged: HTMLElement[] = [];
  let mark: { row: HTMLElement; where: "before" | "after" | "into" } | null = null;
  const show = (next: typeof mark) => {
    mark?.row.removeAttribute("data-drop");
    mark = next;
    if (mark) mark.row.dataset.drop = mark.where;
  };
  const grid = tree.grid;
  grid.addEventListener("pointerdown", (event) => {
    const handle = (event.target as Element).closest(".o-handle");
    const row = handle?.closest<HTMLElement>("[role=row]");
    if (row) row.draggable = true;
  });
  grid.addEventListener("dragstart", (event) => {
    const row = (event.target as Element).closest<HTMLElement>("[role=row]");
    if (!row) return;
    dragged = tree.meant(row).filter((r) => level(r) === level(row));
    event.dataTransfer?.setData("text/plain", dragged.map(usage).join("\n"));
    if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
    for (const one of dragged) one.dataset.dragged = "";
  });
  grid.addEventListener("dragover", (event) => {
    const row = (event.target as Element).closest<HTMLElement>("[role=row]");
    const first = dragged[0];
    if (!row || !first) return;
    const box = row.getBoundingClientRect();
    const upper = event.clientY < box.top + box.height / 2;
    if (dragged.includes(row) || dragged.some((d) => below(d).includes(row))) return show(null);
    if (level(row) === level(first)) show({ row, where: upper ? "before" : "after" });
    else if (level(row) === level(first) - 1) show({ row, where: "into" });
    else return show(null);
    event.preventDefault();
  });
  grid.addEventListener("drop", (event) => {
    event.preventDefault();
    const at = mark;
    const rows = dragged;
    end();
    if (at && rows.length > 0) drop(rows, placeOf(grid, at.row, at.where, course));
  });
  const end = () => {
    show(null);
    for (const row of dragged) {
      delete row.dataset.dragged;
      row.draggable = false;
    }
    dragged = [];
  };
  grid.addEventListener("dragend", end);
}

function placeOf(grid: HTMLElement, row: HTMLElement, where: "before" | "after" | "into", course: string): Place {
  if (where === "into") {
    const last = below(row).filter((r) => level(r) === level(row) + 1).at(-1);
    return { to: usage(row), after: last ? usage(last) : (row.dataset.last ?? "") };
  }
  const parent = above(row);
  const to = parent ? usage(parent) : course;
  if (where === "after") return { to, after: usage(row) };
  const near = siblings(grid, row);
  const before = near[near.indexOf(row) - 1];
  return { to, after: before ? usage(before) : "" };
}

/** stepPlace is where a row goes that moves one place up or down, across the end of its parent too; null at the ends of the course. */
export function stepPlace(grid: HTMLElement, row: HTMLElement, by: -1 | 1, course: string): Place | null {
  const near = siblings(grid, row);
  const at = near.indexOf(row);
  const parent = above(row);
  const to = parent ? usage(parent) : course;
  if (by < 0 && at > 0) return { to, after: at > 1 ? usage(near[at - 2]!) : "" };
  if (by > 0 && at < near.length - 1) return { to, after: usage(near[at + 1]!) };
  if (!parent) return null;
  const parents = rowsOf(grid).filter((r) => level(r) === level(parent));
  const other = parents[parents.indexOf(parent) + by];
  if (!other) return null;
  if (by > 0) return { to: usage(other), after: "" };
  const last = below(other).filter((r) => level(r) === level(row)).at(-1);
  return { to: usage(other), after: last ? usage(last) : (other.dataset.last ?? "") };
}
