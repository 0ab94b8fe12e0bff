// What the report's pages do beyond being read: charts, filters, the partner list, the marked passage.
// No page needs it to be read: tables and proofs work without.
"use strict";

const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));
const json = (id) => { const found = document.getElementById(id); return found ? JSON.parse(found.textContent) : null; };
const german = document.documentElement.lang === "de";
const NUMBERS = { decimal: ",", thousands: ".", grouping: [3], currency: ["", " €"] };

function drawCharts() {
  if (german) vega.formatLocale(NUMBERS);
  all(".plot").forEach((place) => {
    const name = place.id.replace("plot-", "");
    try {
      const view = drawn(place, json("spec-" + name), { rows: unpacked(json("rows-" + name)), states: STATES });
      place.dataset.drawn = "yes";
      all("svg", place).forEach((svg) => svg.setAttribute("aria-hidden", "true")); // sentence and table tell it
      all(`select[data-chart="${name}"]`).forEach((select) => connect(select, view, name));
    } catch (fault) {
      place.dataset.drawn = "no";
      console.error(fault);
    }
  });
}

function unpacked({ keys, rows }) {
  return rows.map((row) => Object.fromEntries(row.map((value, at) => [keys[at], value])));
}

// On a phone a line is named by its town alone, where that is enough to tell it.
function shortened(rows) {
  const town = (line) => line.split(":")[0];
  const lines = new Map();
  rows.forEach(({ line }) => lines.set(town(line), (lines.get(town(line)) || new Set()).add(line)));
  return rows.map((row) => (lines.get(town(row.line)).size === 1 ? { ...row, line: town(row.line) } : row));
}

function drawn(place, spec, rows) {
  if (place.clientWidth < 560 && rows.rows[0].line) rows.rows = shortened(rows.rows);
  spec.config.axis.labelLimit = Math.min(520, Math.round(place.clientWidth * (place.clientWidth < 560 ? 0.52 : 0.46)));
  spec.data.forEach((source) => { if (source.name in rows) source.values = rows[source.name]; });
  const view = new vega.View(vega.parse(spec), { renderer: "svg", container: place, hover: true, logLevel: vega.Error });
  return view.tooltip(showTip).run();
}

function showTip(handler, event, item, value) {
  const tip = document.getElementById("tip") || document.body.appendChild(Object.assign(document.createElement("div"), { id: "tip" }));
  tip.hidden = !value;
  if (!value) return;
  tip.replaceChildren(...Object.entries(value).map(([key, told]) => {
    const line = document.createElement("p");
    line.textContent = key.trim() ? `${key}: ${told}` : told;
    return line;
  }));
  tip.style.left = `${Math.max(8, Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = `${event.clientY + 16 + tip.offsetHeight < innerHeight ? event.clientY + 16 : event.clientY - tip.offsetHeight - 12}px`;
}

function connect(select, view, name) {
  const sentences = all(`#${name}-text p:not(.note)`);
  const choose = () => {
    view.signal(select.dataset.parameter, select.value).runAsync();
    if (sentences.length > 1) sentences.forEach((told, at) => { told.hidden = at !== select.selectedIndex; });
  };
  select.addEventListener("change", choose);
  choose();
}

function connectFilters() {
  all(".controls").forEach((controls) => { controls.hidden = false; });
  const tables = new Set(all("[data-table]").map((control) => control.dataset.table));
  tables.forEach((id) => {
    const controls = all(`[data-table="${id}"]`);
    const rows = all(`#${id} > tbody > tr`).map((row) => ({ row, text: row.textContent.toLocaleLowerCase("de") }));
    const apply = () => filter(id, rows, controls);
    controls.forEach((control) => control.addEventListener("input", apply));
    apply();
  });
}

function filter(id, rows, controls) {
  let shown = 0;
  rows.forEach(({ row, text }) => {
    const fits = controls.every((control) => {
      if ("search" in control.dataset) {
        return control.value.toLocaleLowerCase("de").split(/\s+/).every((word) => text.includes(word));
      }
      if (control.type === "checkbox") return !control.checked || row.dataset[control.dataset.filter] === "1";
      return !control.value || row.dataset[control.dataset.filter] === control.value;
    });
    row.hidden = !fits;
    if (fits) shown += 1;
  });
  all(`[data-count="${id}"]`).forEach((told) => {
    told.textContent = told.dataset.words.replace("{n}", shown).replace("{total}", rows.length);
  });
}

function connectPartners() {
  const net = json("net");
  if (!net) return;
  const table = document.getElementById("partners"), bodies = all("details", table);
  const names = bodies.map((details) => details.firstElementChild.textContent);
  bodies.forEach((details, at) => details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) fillPartners(details, at, net, names, table.dataset);
  }));
}

function fillPartners(details, at, net, names, words) {
  const roles = json("roles"), projects = [], rounds = new Map();
  net.forEach(([key, name, round, members]) => {
    const own = members.filter((_, place) => place % 2 && members[place - 1] === at);
    if (!own.length) return;
    const link = document.createElement("a");
    link.href = `${words.root}project/${key}.html${words.query}`;
    link.textContent = name || key;
    projects.push([link, ` (${own.map((role) => roles[role] || role).join(", ")})`]);
    const others = new Set(members.filter((other, place) => place % 2 === 0 && other !== at));
    others.forEach((other) => rounds.set(other, (rounds.get(other) || new Set()).add(round || "–")));
  });
  const partners = Array.from(rounds).sort((a, b) => b[1].size - a[1].size || names[a[0]].localeCompare(names[b[0]], "de"));
  const told = partners.map(([other, shared]) => [names[other], ` (${Array.from(shared).sort().join(", ")})`]);
  details.append(title(words.projects), list(projects), title(words.worksWith), list(told));
}

function title(text) {
  const made = document.createElement("strong");
  made.textContent = text;
  return made;
}

function list(items) {
  const made = document.createElement("ul");
  made.append(...items.map((parts) => { const item = document.createElement("li"); item.append(...parts); return item; }));
  return made;
}

function labelCards() {
  all("table.cards").forEach((table) => {
    const heads = all("thead th", table).map((head) => head.textContent);
    all("tbody tr", table).forEach((row) => Array.from(row.cells).forEach((cell, at) => { cell.dataset.label = heads[at]; }));
  });
}

function showPassage() {
  all("mark.here").forEach((mark) => mark.classList.remove("here"));
  const found = /^#m(\d+)$/.exec(location.hash);
  if (!found) return;
  const marks = all("mark").filter((mark) => (mark.dataset.m || mark.id.slice(1)).split(" ").includes(found[1]));
  marks.forEach((mark) => mark.classList.add("here"));
  if (marks.length) marks[0].scrollIntoView({ block: "center", behavior: "instant" });
}

// Pages of projects, places and proofs exist once: "?en" behind their address asks for English. It stands beside the
// German (data-en), in english.js (data-t), or is made of it: a number's separators (data-n), a day's words (data-d).
function translate() {
  const link = document.querySelector("a[data-tongue]");
  if (!link || link.getAttribute("href") !== "?en") return;
  link.addEventListener("click", () => { link.hash = location.hash; });
  if (location.search !== "?en") return;
  document.documentElement.lang = "en";
  all("[data-en]").forEach((told) => { told.textContent = told.dataset.en; });
  all("[data-t]").forEach((told) => { told.textContent = ENGLISH[told.textContent]; });
  all("[data-n]").forEach((told) => { told.textContent = told.textContent.replace(/[.,]/g, (sign) => (sign === "." ? "," : ".")); });
  all("[data-d]").forEach((told) => {
    told.textContent = told.textContent.replace(/\b(\d\d?)\.(?= )/g, "$1").split(" ").map((word) => DAY_WORDS[word] || word).join(" ");
  });
  all("a[href^='../'], a[href$='.html']").forEach((other) => {
    const href = other.getAttribute("href");
    if (/^\.\.\/(project|place|proof)\//.test(href)) other.href = href.replace(/(#|$)/, "?en$1");
    else if (href.startsWith("../")) other.href = href.replace("../", "../en/");
  });
  Object.assign(link, { href: location.pathname, lang: "de", textContent: "Deutsch" });
}

window.addEventListener("beforeprint", () => all("details:not(.issue)").forEach((one) => { if (!one.closest(".matrix")) one.open = true; }));
window.addEventListener("hashchange", showPassage);
translate();
labelCards();
connectFilters();
connectPartners();
showPassage();
if (window.vega) drawCharts();
