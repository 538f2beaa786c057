// Lets learners click a picture to point at a place, and moves the cross along with the two numbers. Without it the numbers are
// typed; what is posted is the same.

const fields = (group) => [...group.querySelectorAll('.capa-place input[type="number"]')];

const moved = (group) => {
  const [x, y] = fields(group);
  const cross = group.querySelector(".capa-mark > g");
  if (!cross) return;
  const shown = x.value !== "" && y.value !== "" && x.validity.valid && y.validity.valid;
  cross.setAttribute("transform", shown ? `translate(${x.valueAsNumber},${y.valueAsNumber})` : "translate(-100,-100)");
};

document.addEventListener("input", (event) => {
  const group = event.target.closest?.(".capa-point");
  if (group) moved(group);
});

document.addEventListener("click", (event) => {
  const picture = event.target.closest?.(".capa-picture > img");
  const group = picture?.closest(".capa-point");
  if (!group) return;
  const [x, y] = fields(group);
  if (x.readOnly) return;
  const box = picture.getBoundingClientRect();
  const wide = Number(picture.getAttribute("width")) || picture.naturalWidth;
  const high = Number(picture.getAttribute("height")) || picture.naturalHeight;
  if (!box.width || !box.height) return;
  x.value = String(Math.round(((event.clientX - box.left) / box.width) * wide));
  y.value = String(Math.round(((event.clientY - box.top) / box.height) * high));
  for (const field of [x, y]) field.dispatchEvent(new Event("input", { bubbles: true }));
});
