// Which rows of the outline are shown: the filter's answers come as one types, and stand in the page's address.

/** serveFilter has the rows drawn, and told, once the filter rests. */
export function serveFilter(form: HTMLFormElement, draw: () => Promise<void>, told: () => void): void {
  let timer = 0;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    void draw();
  });
  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(async () => {
      const address = new URL(location.href);
      for (const [name, value] of new FormData(form)) {
        if (typeof value === "string" && value) address.searchParams.set(name, value);
        else address.searchParams.delete(name);
      }
      history.replaceState(null, "", address);
      await draw();
      told();
    }, 200);
  });
}
