// The words of the elements. A site brings them in the reader's language (a script of JSON marked data-element-words); alone,
// the package speaks English.

const english = {
  choice_clear: "Clear my choice",
  choice_cleared: "Your choice was cleared.",
  choice_letter: "Press {0} to choose this",
  choice_most: "Choose at most {0}.",
  text_left: "Characters left: {0}",
  text_clipped: "The end did not fit and was left out. Characters too many: {0}",
  text_required: "Write something here.",
  text_wrong: "This is not written as asked.",
  math_symbols: "Symbols",
  math_open: "A bracket is open that never closes: {0}",
  math_close: "A bracket closes that was never opened: {0}",
  code_help: "Tab indents, Shift and Tab goes back. To leave with the keyboard, press Escape and then Tab.",
  code_leave: "Tab leaves the editor now.",
  submit_sending: "Sending …",
  submit_saving: "Saving …",
  submit_saved: "Saved {0}",
  submit_offline: "Offline, kept here",
  submit_failed: "Not saved. Try again.",
  submit_left: "Attempts left: {0}",
  submit_none: "No attempts left",
  feedback_correct: "Correct",
  feedback_partially_correct: "Partly correct",
  feedback_incorrect: "Incorrect",
  feedback_grading: "Being graded",
  hints_next: "Show a hint",
  hints_of: "Hint {0} of {1}",
  dialog_close: "Close",
  upload_drop: "Drop files here",
  upload_remove: "Remove {0}",
  upload_removed: "{0} was removed.",
  upload_added: "{0} was added.",
  upload_large: "{0} is too large: {1} MB. The most is {2} MB.",
  upload_kind: "{0} is of a kind that is not taken here. Taken are: {1}",
  upload_many: "Only {0} files are taken.",
  upload_progress: "{0} of {1} MB, {2} s left",
  upload_cancel: "Stop",
  upload_stopped: "The upload was stopped. Nothing was handed in.",
  upload_retry: "Try again",
  order_help: "Drag, or press space to lift, arrows to move, space to drop, escape to go back.",
  order_grab: "Move {0}",
  order_up: "Move {0} up",
  order_down: "Move {0} down",
  order_lifted: "{0} lifted, place {1} of {2}.",
  order_moved: "{0}, place {1} of {2}.",
  order_dropped: "{0} dropped at place {1} of {2}.",
  order_back: "{0} is back at place {1}.",
  bins_help: "Drag, or press space to lift, arrows to choose a place, space to drop, escape to go back.",
  bins_pool: "Not sorted yet",
  bins_lifted: "{0} lifted from {1}.",
  bins_over: "{0}, over {1}.",
  bins_dropped: "{0} dropped in {1}.",
  bins_back: "{0} is back in {1}.",
  match_pool: "Answers",
  spots_help: "Press on the picture, or move the crosshair with the arrow keys and press enter to mark the place. Shift makes the steps small.",
  spots_picture: "Picture to mark",
  spots_cross: "Crosshair, {0} from the left, {1} from the top",
  spots_at: "{0} from the left, {1} from the top",
  spots_marked: "Place {0} is marked at {1}, {2}.",
  spots_remove: "Remove place {0}",
  spots_removed: "Place {0} was removed.",
  spots_full: "All places are marked. Remove one first.",
} as const;

/** The key of a text of the elements. */
export type Word = keyof typeof english;

let catalogue: Partial<Record<Word, string>> | null = null;

/** Gives a text in the reader's language; {0}, {1} are filled in. */
export function word(key: Word, ...values: (string | number)[]): string {
  if (!catalogue) {
    const holder = document.querySelector("script[data-element-words]");
    catalogue = JSON.parse(holder?.textContent || "{}") as Partial<Record<Word, string>>;
  }
  return (catalogue[key] ?? english[key]).replace(/\{(\d)\}/g, (_, n: string) => String(values[Number(n)] ?? ""));
}
