// Sorts and filters the tables marked `data-enhance`. Without this script they are plain tables.
//
// A row group (tbody) moves and hides as one. A heading with `data-sort` (text or number) becomes a
// button; one with `data-choose` also gets a choice of its values. A cell's `data-value` goes
// before its text. Everything is read from the page once; sorting and filtering then only write.
"use strict";

(() => {
  const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  function make(tag, attributes = {}, text = "") {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = text;
    return element;
  }

  function plain(text) {
    return text.replace(/\s+/gu, " ").trim().toLowerCase();
  }

  function valueOf(body, column) {
    const cell = body.rows[0].cells[column];
    return (cell.dataset.value ?? cell.textContent).trim();
  }

  const compare = {
    text: (a, b) => order.compare(a, b),
    number: (a, b) => Number(a) - Number(b),
  };

  class Table {
    constructor(element) {
      this.element = element;
      this.noun = element.dataset.noun || "row";
      this.groups = [...element.tBodies].map((body) => ({ body, text: plain(body.textContent) }));
      this.headings = [...element.tHead.rows[0].cells];
      this.choices = [];
      const name = element.caption?.textContent.trim() || this.noun;
      this.tools = make("div", { class: "table-tools", role: "search", "aria-label": name });
      this.status = make("p", { class: "count", role: "status" });
      this.addSearch();
      this.headings.forEach((heading, column) => this.addHeading(heading, column));
      this.tools.append(this.status);
      element.before(this.tools);
      this.filter();
    }

    addSearch() {
      const label = make("label", { class: "search" }, "Find ");
      this.search = make("input", { type: "search", autocomplete: "off", spellcheck: "false" });
      this.search.addEventListener("input", () => this.filter());
      label.append(this.search);
      this.tools.append(label);
    }

    addHeading(heading, column) {
      const title = heading.textContent.trim();
      if ("choose" in heading.dataset) this.addChoice(title, column);
      if (!heading.dataset.sort) return;
      const button = make("button", { type: "button" }, title);
      button.addEventListener("click", () => this.sort(column));
      heading.replaceChildren(button);
    }

    addChoice(title, column) {
      const values = [...new Set(this.groups.map(({ body }) => valueOf(body, column)))];
      if (values.length < 2) return;
      const label = make("label", {}, `${title} `);
      const select = make("select");
      select.append(make("option", { value: "" }, "all"));
      for (const value of values.sort(order.compare)) select.append(make("option", { value }, value));
      select.addEventListener("change", () => this.filter());
      label.append(select);
      this.tools.append(label);
      this.choices.push({ select, column });
    }

    filter() {
      const wanted = plain(this.search.value);
      const chosen = this.choices.filter(({ select }) => select.selectedIndex > 0);
      let shown = 0;
      for (const { body, text } of this.groups) {
        const fits =
          text.includes(wanted) &&
          chosen.every(({ select, column }) => valueOf(body, column) === select.value);
        if (body.hidden === fits) body.hidden = !fits;
        shown += fits;
      }
      this.say(shown);
    }

    sort(column) {
      const heading = this.headings[column];
      const up = heading.getAttribute("aria-sort") !== "ascending";
      const kind = compare[heading.dataset.sort];
      const keyed = this.groups.map((group) => ({ group, key: valueOf(group.body, column) }));
      const blanksLast = (a, b) => (a.key === "") - (b.key === "");
      keyed.sort((a, b) => blanksLast(a, b) || (up ? kind(a.key, b.key) : kind(b.key, a.key)));
      this.groups = keyed.map(({ group }) => group);
      this.element.append(...this.groups.map(({ body }) => body));
      for (const other of this.headings) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", up ? "ascending" : "descending");
    }

    say(shown) {
      const all = this.groups.length;
      const noun = all === 1 ? this.noun : `${this.noun}s`;
      this.status.textContent = shown === all ? `${all} ${noun}` : `${shown} of ${all} ${noun}`;
    }

    showAll() {
      this.search.value = "";
      for (const { select } of this.choices) select.selectedIndex = 0;
      this.filter();
    }
  }

  // WebKit forgets that a table is one where a style makes grids and cards of its rows.
  const roles = {
    "thead, tbody": "rowgroup",
    tr: "row",
    td: "cell",
    "thead th": "columnheader",
    "tbody th": "rowheader",
  };
  function nameParts(table) {
    table.setAttribute("role", "table");
    for (const [parts, role] of Object.entries(roles))
      for (const part of table.querySelectorAll(parts)) part.setAttribute("role", role);
  }

  // A link may lead to a row that a filter hides, or whose details are closed.
  function reveal(tables) {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    const body = target && target.closest("tbody");
    if (!body) return;
    if (body.hidden) tables.find(({ element }) => element.contains(body))?.showAll();
    for (const details of body.querySelectorAll("details")) details.open = true;
    const folded = body.closest("details");
    if (folded) folded.open = true;
    target.scrollIntoView({ block: "start" });
  }

  document.querySelectorAll("table.rows").forEach(nameParts);
  const tables = [...document.querySelectorAll("table[data-enhance]")].map((one) => new Table(one));
  addEventListener("hashchange", () => reveal(tables));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) reveal(tables);
  });
  reveal(tables);
})();
