// The guide: on a narrow screen its list of pages begins closed, above the text.

const list = document.querySelector<HTMLDetailsElement>(".docs-list");
if (list && window.matchMedia("(max-width: 48rem)").matches && !document.querySelector(".docs-hits")) list.open = false;

// In the static copy of the guide no server searches: the page carries what there is to find.
type Section = [page: string, id: string, title: string, under: string, text: string];

const holder = document.getElementById("docs-index");
const input = document.getElementById("docs-q");
const place = document.getElementById("docs-found");

function find(sections: Section[], query: string): Section[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const ranked = sections.flatMap((section): [number, Section][] => {
    const title = section[2].toLowerCase();
    const under = section[3].toLowerCase();
    const text = section[4].toLowerCase();
    let rank = 0;
    for (const word of words) {
      if (title.includes(word)) rank += 10;
      else if (under.includes(word)) rank += 3;
      else if (text.includes(word)) rank += 1;
      else return [];
    }
    return [[rank, section]];
  });
  return ranked.sort((a, b) => b[0] - a[0]).slice(0, 20).map(([, section]) => section);
}

if (holder && input instanceof HTMLInputElement && place) {
  const sections = JSON.parse(holder.textContent ?? "[]") as Section[];
  input.form?.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("input", () => {
    place.replaceChildren(
      ...find(sections, input.value).map(([page, id, title, under]) => {
        const link = document.createElement("a");
        link.href = `${page}.html${id ? `#${id}` : ""}`;
        link.textContent = title === under ? title : `${title} (${under})`;
        const item = document.createElement("li");
        item.append(link);
        return item;
      }),
    );
  });
}
