// Where the words of a crossword stand. The same words always come to the same places.

/** What an author writes: a word and its clue. */
export interface Entry {
  word: string;
  clue: string;
}

/** A word in its place, without its letters. */
export interface Place {
  /** Such as "3a": the number and the direction, across or down. */
  id: string;
  number: number;
  across: boolean;
  clue: string;
  row: number;
  column: number;
  length: number;
}

/** A crossword as learners see it. */
export interface Grid {
  rows: number;
  columns: number;
  /** The words of some languages run from right to left. */
  rtl: boolean;
  places: Place[];
}

/** A mistake in what the author wrote, with its line from 1. */
export class Mistake extends Error {
  constructor(readonly line: number, message: string) {
    super(message);
  }
}

export const longest = 20;
export const most = 30;

/** Letters as they are compared: capitals without accents, spaces and hyphens. A letter is one code point. */
export function letters(text: string): string[] {
  return Array.from(text.normalize("NFD").replace(/[\p{M}\s\p{P}ـ]/gu, "").normalize("NFC").toUpperCase());
}

/** Reads lines of "word: clue". */
export function read(text: string): Entry[] {
  const entries: Entry[] = [];
  text.split(/\r?\n/).forEach((line, n) => {
    if (line.trim() === "") return;
    const at = line.search(/[:=]/);
    const word = at < 0 ? "" : line.slice(0, at).trim(), clue = at < 0 ? "" : line.slice(at + 1).trim();
    const size = letters(word).length;
    if (at < 0) throw new Mistake(n + 1, "there is no colon between a word and its clue");
    if (size < 2) throw new Mistake(n + 1, "a word has two letters or more");
    if (size > longest) throw new Mistake(n + 1, `a word has at most ${longest} letters`);
    if (clue === "") throw new Mistake(n + 1, "the clue is missing");
    if (entries.some((e) => letters(e.word).join("") === letters(word).join(""))) throw new Mistake(n + 1, "this word stands there already");
    entries.push({ word, clue });
  });
  if (entries.length < 2) throw new Mistake(1, "write two words or more");
  if (entries.length > most) throw new Mistake(most + 1, `write at most ${most} words`);
  return entries;
}

interface Laid {
  entry: Entry;
  row: number;
  column: number;
  across: boolean;
  letters: string[];
}

const key = (row: number, column: number): string => `${row},${column}`;

/** Lays words out: the longest first, each where it crosses most, else below the others. */
export function lay(entries: Entry[]): { grid: Grid; words: Map<string, string> } {
  const order = entries.map((entry) => ({ entry, letters: letters(entry.word) })).sort((a, b) => b.letters.length - a.letters.length);
  const laid: Laid[] = [];
  const cells = new Map<string, string>();
  const waiting = [...order];
  while (waiting.length > 0) {
    let best: { at: Laid; score: number; index: number } | null = null;
    for (const [index, { entry, letters: word }] of waiting.entries()) {
      for (const at of candidates(entry, word, laid, cells)) {
        const score = crossings(at, cells) * 100 - area(at, laid);
        if (!best || score > best.score) best = { at, score, index };
      }
    }
    const next = best ?? { at: apart(waiting[0]!, laid), index: 0 };
    waiting.splice(next.index, 1);
    laid.push(next.at);
    next.at.letters.forEach((letter, n) => cells.set(next.at.across ? key(next.at.row, next.at.column + n) : key(next.at.row + n, next.at.column), letter));
  }
  return number(laid);
}

/** Every place where a word crosses one that lies there. */
function* candidates(entry: Entry, word: string[], laid: Laid[], cells: Map<string, string>): Generator<Laid> {
  for (const other of laid) {
    for (let i = 0; i < word.length; i++) {
      for (let j = 0; j < other.letters.length; j++) {
        if (word[i] !== other.letters[j]) continue;
        const at: Laid = other.across
          ? { entry, letters: word, across: false, row: other.row - i, column: other.column + j }
          : { entry, letters: word, across: true, row: other.row + j, column: other.column - i };
        if (fits(at, cells)) yield at;
      }
    }
  }
}

/** A word fits where its letters meet no others, and nothing else touches it. */
function fits(at: Laid, cells: Map<string, string>): boolean {
  const [dr, dc] = at.across ? [0, 1] : [1, 0];
  if (cells.has(key(at.row - dr, at.column - dc)) || cells.has(key(at.row + dr * at.letters.length, at.column + dc * at.letters.length))) return false;
  return at.letters.every((letter, n) => {
    const row = at.row + dr * n, column = at.column + dc * n, there = cells.get(key(row, column));
    return there !== undefined ? there === letter : !cells.has(key(row + dc, column + dr)) && !cells.has(key(row - dc, column - dr));
  });
}

const crossings = (at: Laid, cells: Map<string, string>): number =>
  at.letters.filter((_, n) => cells.has(at.across ? key(at.row, at.column + n) : key(at.row + n, at.column))).length;

interface Box {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

function box(laid: Laid[]): Box {
  return laid.reduce<Box>((b, w) => ({
    top: Math.min(b.top, w.row), left: Math.min(b.left, w.column),
    bottom: Math.max(b.bottom, w.across ? w.row : w.row + w.letters.length - 1), right: Math.max(b.right, w.across ? w.column + w.letters.length - 1 : w.column),
  }), { top: Infinity, left: Infinity, bottom: -Infinity, right: -Infinity });
}

function area(at: Laid, laid: Laid[]): number {
  const b = box([...laid, at]);
  return (b.bottom - b.top + 1) + 2 * (b.right - b.left + 1); // narrow ones fit a phone
}

/** The first word, or one that crosses none: in a row of its own below the others. */
function apart({ entry, letters: word }: { entry: Entry; letters: string[] }, laid: Laid[]): Laid {
  const b = box(laid);
  return { entry, letters: word, across: true, row: laid.length === 0 ? 0 : b.bottom + 2, column: laid.length === 0 ? 0 : b.left };
}

/** Numbers the words as they are met in reading, and moves the grid to 0, 0. */
function number(laid: Laid[]): { grid: Grid; words: Map<string, string> } {
  const b = box(laid);
  const moved = laid.map((w) => ({ ...w, row: w.row - b.top, column: w.column - b.left })).sort((x, y) => x.row - y.row || x.column - y.column);
  const words = new Map<string, string>();
  const places: Place[] = [];
  let last = "", n = 0;
  for (const w of moved) {
    if (last !== key(w.row, w.column)) n++;
    last = key(w.row, w.column);
    const id = `${n}${w.across ? "a" : "d"}`;
    places.push({ id, number: n, across: w.across, clue: w.entry.clue, row: w.row, column: w.column, length: w.letters.length });
    words.set(id, w.letters.join(""));
  }
  places.sort((x, y) => Number(y.across) - Number(x.across) || x.number - y.number);
  const rtl = moved.filter((w) => /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/.test(w.letters.join(""))).length * 2 > moved.length;
  return { grid: { rows: b.bottom - b.top + 1, columns: b.right - b.left + 1, rtl, places }, words };
}
