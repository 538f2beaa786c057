// Pictures with things on them: sizes a picture and its places to the page, shows further copies of a thing when they are needed,
// and lets things be dragged anywhere on a picture that has no places. Lists and numbers are what is posted; without this script
// they are filled in by hand.

const most = 20000; // pixels, more than a picture has

/** fit draws a board as wide as there is room for, at most as wide as the picture is: places are shares of it from then on. */
function fit(board) {
  const picture = board.querySelector(":scope > img");
  const [wide, high] = [picture.naturalWidth, picture.naturalHeight];
  if (!wide || !high || wide > most || high > most) return;
  board.style.maxWidth = `${wide}px`;
  board.dataset.width = wide;
  board.dataset.height = high;
  for (const place of board.querySelectorAll(":scope > [data-box]")) {
    const [x, y, w, h] = place.dataset.box.split(" ").map(Number);
    // Vertical margins in per cent are shares of the width, in CSS.
    place.style.marginLeft = `${(100 * x) / wide}%`;
    place.style.marginTop = `${(100 * y) / wide}%`;
    place.style.width = `${(100 * w) / wide}%`;
    place.style.height = "auto";
    place.style.aspectRatio = `${w} / ${h}`;
  }
  board.classList.remove("capa-natural");
  board.closest(".capa-free")?.dispatchEvent(new CustomEvent("capa-fit"));
}

/** copies shows of a thing that may be used again those that lie somewhere, and one more. */
function copies(group) {
  const spare = new Set();
  for (const row of group.querySelectorAll("li[data-copy]")) {
    const placed = [...row.querySelectorAll("select, input[name]")].some((control) => control.value !== "");
    row.hidden = !placed && spare.has(row.dataset.copy);
    if (!placed) spare.add(row.dataset.copy);
  }
}

/** free lets the things of a picture without places be dragged onto it. */
function free(group) {
  const board = group.querySelector(".picture-board");
  for (const row of group.querySelectorAll(".matches > li")) {
    const fields = [...row.querySelectorAll('input[type="number"]')];
    const thing = row.querySelector(".match-left");
    const chip = document.createElement("span");
    chip.className = "el-chip capa-chip";
    chip.setAttribute("aria-hidden", "true"); // the two numbers say the same
    chip.append(...[...thing.childNodes].map((node) => node.cloneNode(true)));
    const show = () => {
      const placed = fields.every((field) => field.value !== "" && field.validity.valid);
      const wide = Number(board.dataset.width);
      if (!placed || !wide) return chip.remove();
      chip.style.marginLeft = `${(100 * fields[0].valueAsNumber) / wide}%`;
      chip.style.marginTop = `${(100 * fields[1].valueAsNumber) / wide}%`;
      board.append(chip);
    };
    const put = (x, y) => {
      const box = board.getBoundingClientRect();
      const inside = x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
      const scale = Number(board.dataset.width) / box.width;
      fields[0].value = inside ? String(Math.round((x - box.left) * scale)) : "";
      fields[1].value = inside ? String(Math.round((y - box.top) * scale)) : "";
      fields[0].dispatchEvent(new Event("input", { bubbles: true }));
    };
    row.addEventListener("input", show);
    group.addEventListener("capa-fit", show);
    if (!fields[0].readOnly) for (const by of [thing, chip]) drag(by, chip, put);
    thing.classList.add("capa-grab");
    show();
  }
}

/** drag moves a chip with the pointer, and says where it was let go. */
function drag(by, chip, put) {
  by.addEventListener("pointerdown", (down) => {
    if (down.button !== 0) return;
    down.preventDefault(); // no text is marked, no picture is dragged
    const ends = new AbortController();
    const { signal } = ends;
    const ghost = chip.cloneNode(true);
    ghost.classList.add("capa-ghost");
    const follow = (event) => {
      ghost.style.left = `${event.clientX}px`;
      ghost.style.top = `${event.clientY}px`;
    };
    window.addEventListener("pointermove", (event) => {
      if (event.pointerId !== down.pointerId) return;
      if (!ghost.isConnected) {
        if (Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < 6) return;
        by.closest(".capa-free").append(ghost);
        chip.classList.add("el-lifted");
      }
      follow(event);
    }, { signal });
    const end = (event) => {
      if (event.pointerId !== down.pointerId) return;
      ends.abort();
      chip.classList.remove("el-lifted");
      if (!ghost.isConnected) return;
      ghost.remove();
      if (event.type === "pointerup") put(event.clientX, event.clientY);
    };
    window.addEventListener("pointerup", end, { signal });
    window.addEventListener("pointercancel", end, { signal });
  });
}

const known = new WeakSet();

function find() {
  for (const group of document.querySelectorAll(".capa-board")) {
    if (known.has(group)) continue;
    known.add(group);
    for (const board of group.querySelectorAll(".picture-board")) {
      const picture = board.querySelector(":scope > img");
      if (picture.complete) fit(board);
      picture.addEventListener("load", () => fit(board));
    }
    copies(group);
    for (const event of ["input", "change", "quoin-bins"]) group.addEventListener(event, () => copies(group));
    const anywhere = group.querySelector(".capa-free");
    if (anywhere) {
      free(anywhere);
      for (const board of anywhere.querySelectorAll(".picture-board")) if (board.querySelector("img").complete) fit(board);
    }
  }
}

find();
new MutationObserver(find).observe(document.documentElement, { childList: true, subtree: true });
