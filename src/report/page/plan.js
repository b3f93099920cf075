
"use strict";
// Search, choose, sort and group the table of changes. The page is complete without it.
(() => {
  const table = document.getElementById("changes");
  if (!table) return;
  const controls = document.getElementById("controls");
  const status = document.getElementById("count");
  const [text, column, part, group] = ["text", "column", "part", "group"].map((id) => document.getElementById(id));
  const more = document.getElementById("more");
  // A browser needs seconds to lay out a table of ten thousand lines.
  const SHOWN_MAX = 500;
  let limit = SHOWN_MAX;
  const WHAT = 1, USER = 2, COLUMN = 4;

  // Upper and lower case and accents make no difference to a search.
  const folded = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const headings = Array.from(table.tHead.rows[0].cells);
  const names = headings.map((heading) => heading.textContent);
  const lines = Array.from(table.tBodies[0].rows, (row, at) => {
    const cells = Array.from(row.cells, (cell) => cell.textContent);
    const user = row.cells[USER].querySelector("bdi").textContent;
    return { row, at, cells, user, found: folded(cells.join("\n")), body: null };
  });
  const collator = new Intl.Collator("en", { numeric: true });
  let sorted = { index: -1, down: false };
  let groups = [];

  // Which group a line belongs to.
  const key = (line) => {
    const index = Number(group.value);
    return index === USER ? line.user : line.cells[index];
  };

  const arrange = () => {
    const order = lines.slice();
    if (sorted.index >= 0) {
      const way = sorted.down ? -1 : 1;
      order.sort((one, other) =>
        way * collator.compare(one.cells[sorted.index], other.cells[sorted.index]) || one.at - other.at);
    }
    const found = new Map();
    for (const line of order) {
      const name = group.value === "" ? "" : key(line);
      if (!found.has(name)) found.set(name, []);
      found.get(name).push(line);
    }
    const first = ({ members }) => members.reduce((least, line) => Math.min(least, line.at), Infinity);
    const list = Array.from(found, ([name, members]) => ({ name, members }));
    // What is dangerous stays in front; other groups come by their size.
    if (group.value !== "" && Number(group.value) !== WHAT) {
      list.sort((one, other) => other.members.length - one.members.length || collator.compare(one.name, other.name));
    } else {
      list.sort((one, other) => first(one) - first(other));
    }
    groups = list.map(({ name, members }) => {
      const body = document.createElement("tbody");
      let heading = null;
      if (group.value !== "") {
        const row = body.insertRow();
        row.className = "group";
        heading = document.createElement("th");
        heading.colSpan = headings.length;
        heading.scope = "rowgroup";
        row.append(heading);
      }
      for (const line of members) line.body = body;
      for (const line of members) body.append(line.row);
      return { name, body, heading, members };
    });
    for (const body of Array.from(table.tBodies)) body.remove();
    for (const { body } of groups) table.append(body);
  };

  const filter = () => {
    const words = folded(text.value).split(/\s+/).filter((word) => word !== "");
    let found = 0;
    for (const { name, body, heading, members } of groups) {
      let here = 0;
      for (const line of members) {
        const wanted = (column.value === "" || line.cells[COLUMN] === column.value)
          && (part.value === "" || line.cells[WHAT] === part.value)
          && words.every((word) => line.found.includes(word));
        if (wanted) here += 1;
        const shown = wanted && found + here <= limit;
        if (line.row.hidden === shown) line.row.hidden = !shown;
      }
      found += here;
      body.hidden = here === 0;
      if (heading) heading.textContent = `${name} (${here})`;
    }
    const all = lines.length;
    const told = found === all ? `${all} changes` : `${found} of ${all} changes`;
    status.textContent = found > limit ? `${told}; the first ${limit} are shown` : told;
    more.hidden = found <= limit;
    more.textContent = `Show all ${found}`;
  };

  const choose = () => { limit = SHOWN_MAX; filter(); };
  const all = () => { arrange(); choose(); };

  headings.forEach((heading, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = names[index];
    heading.replaceChildren(button);
    heading.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      sorted = { index, down: sorted.index === index && !sorted.down };
      for (const other of headings) other.setAttribute("aria-sort", "none");
      heading.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      all();
    });
  });
  // On a narrow screen each cell says what it is.
  for (const { row } of lines) {
    names.forEach((name, index) => row.cells[index].setAttribute("data-name", name));
  }
  text.addEventListener("input", choose);
  column.addEventListener("change", choose);
  part.addEventListener("change", choose);
  group.addEventListener("change", all);
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("reset", () => {
    // The form is emptied after this event.
    setTimeout(() => {
      sorted = { index: -1, down: false };
      for (const heading of headings) heading.setAttribute("aria-sort", "none");
      all();
    });
  });
  more.addEventListener("click", () => {
    limit = Infinity;
    filter();
    // The button goes away, and the keyboard should not be lost with it.
    document.getElementById("changes-title").focus({ preventScroll: true });
  });
  controls.hidden = false;
  all();
})();
