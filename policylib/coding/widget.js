// The view of one coder. Python holds the passages and the journal: every key or click asks Python
// to do something, waits until the change is on the disk, and shows the answer.

const ROLES = ["commits", "reports", "directs", "defines", "diagnoses", "recommends"];
const SIDES = [["", "–"], ["true", "for"], ["false", "against"]];
const SHOWS = [["all", "all passages"], ["to do", "not judged"], ["uncoded", "without statements"], ["doubtful", "doubtful (note with ?)"], ["disagreements", "disagreements"]];
const STATES = { found: "suggested", kept: "✓ kept", changed: "✎ changed", added: "+ added", dropped: "✗ dropped" };
const PATIENCE = 5000; // milliseconds until the view says that the kernel does not answer
const MOST_FOUND = 60; // codes listed at a time
const KEYS = [
  ["n  p", "next, previous passage (also → ←)"],
  ["↓  ↑", "next, previous statement"],
  ["k  d", "keep, drop the statement"],
  ["Shift+K", "keep all statements that are not judged, and go on"],
  ["c", "change the code"],
  ["a  r  f", "change the actor, the role, for or against"],
  ["i  m", "change the initiative, write a note"],
  ["s", "select words: → ← move, Shift+→ ← extend, Alt+Shift+→ ← by one character"],
  ["Enter", "add a code to the selected text (or select it with the mouse first)"],
  ["0", "nothing to code here"],
  ["u  y", "undo, redo (also Ctrl+Z, Ctrl+Y)"],
  ["/  g", "search in the texts, go to a number"],
  ["h  Esc", "this list; leave a field, a list or a selection"],
];

function make(tag, { on = {}, data = {}, style = {}, ...properties } = {}, ...children) {
  const element = document.createElement(tag);
  Object.assign(element, properties);
  Object.assign(element.dataset, data);
  for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value);
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener);
  element.append(...children.filter((child) => child !== null));
  return element;
}

const options = (pairs, chosen) =>
  pairs.map(([value, text]) => make("option", { value, textContent: text, selected: value === chosen }));
const hue = (theme) => `${Math.round(theme * 137.5) % 360}`; // neighbours differ by the golden angle

function render({ model, el }) {
  let choices = null; // codes, actors and initiatives
  let view = null; // what Python sent last
  let chosen = null; // the id of a statement
  let selection = null; // [start, end] in characters (code points) of the passage
  let searching = null; // what the search for a code does with the code
  let recent = []; // codes used before, the latest first
  let number = 0;
  let waiting = Promise.resolve();
  const answers = new Map();
  const lists = new Set();

  // Asking Python

  function ask(command, args = [], named = {}) {
    const result = waiting.then(() => send(command, args, named));
    waiting = result.catch(() => {});
    return result;
  }

  function send(command, args, named) {
    return new Promise((resolve) => {
      const own = ++number;
      const late = setTimeout(() => {
        say("The kernel does not answer, so the last change may not be saved. If the kernel was restarted, run the cell again.");
      }, PATIENCE);
      answers.set(own, (answer) => {
        clearTimeout(late);
        say(answer.error ?? "");
        if (answer.choices) choices = answer.choices;
        show(answer.view);
        resolve(answer);
      });
      model.send({ number: own, do: command, args, named });
    });
  }

  function receive(answer) {
    const resolve = answers.get(answer.number);
    if (!resolve) return; // the answer to another view of this widget
    answers.delete(answer.number);
    resolve(answer);
  }

  // The frame, which stays

  const alarm = make("div", { className: "pl-alarm", role: "alert" });
  const bar = make("div", { className: "pl-bar" });
  const left = make("div", { className: "pl-left" });
  const right = make("div", { className: "pl-right" });
  const over = make("div", { className: "pl-over", hidden: true });
  const root = make(
    "div",
    { className: "pl-coder", tabIndex: 0, data: { lmSuppressShortcuts: "true" }, on: { keydown: press } },
    bar, alarm, make("div", { className: "pl-main" }, left, right), over
  );
  el.append(root);

  function say(text) {
    alarm.textContent = text;
    alarm.hidden = !text;
  }

  const leaveField = () => root.focus({ preventScroll: true });

  const button = (text, title, click, properties = {}) =>
    make("button", { type: "button", textContent: text, title, on: { click }, ...properties });

  // Drawing

  function show(next) {
    const before = view?.passage;
    view = next;
    const passage = view.passage;
    if (!passage || before?.document !== passage.document || before?.paragraph !== passage.paragraph) {
      selection = null;
      chosen = null;
    }
    if (!passage?.statements.some((one) => one.id === chosen)) {
      const open = passage?.statements.find((one) => one.state === "found");
      chosen = (open ?? passage?.statements[0])?.id ?? null;
    }
    draw();
  }

  function draw() {
    // Drawing anew removes the element that has the focus; its successor gets the focus.
    const active = root.getRootNode().activeElement;
    const key = root.contains(active) ? active.dataset.key ?? "root" : null;
    drawBar();
    drawPassage();
    drawStatements();
    if (key && over.hidden) (root.querySelector(`[data-key="${key}"]`) ?? root).focus({ preventScroll: true });
  }

  function drawBar() {
    const { filter } = view;
    const filtered = (changes) => () => {
      const named = { ...filter, ...changes() };
      ask("choose", [], Object.fromEntries(Object.entries(named).map(([name, value]) => [name, value || (name === "text" ? "" : null)])));
    };
    const show_ = make("select", { title: "Which passages", data: { key: "show" } }, ...options(SHOWS, filter.show));
    const select = filtered(() => ({ show: show_.value }));
    show_.addEventListener("change", () => { leaveField(); select(); });
    const code = pick("filter-code", filter.code, "codes", "any code", filtered(() => ({ code: idOf(code, choices.codes) })));
    const actor = pick("filter-actor", filter.actor, "actors", "any actor", filtered(() => ({ actor: idOf(actor, choices.actors) })));
    const text = make("input", { type: "search", value: filter.text, placeholder: "search text, Enter", title: "Passages with these words (/)", data: { key: "search" } });
    const seek = filtered(() => ({ text: text.value }));
    text.addEventListener("change", seek);
    text.addEventListener("search", () => text.value !== filter.text && seek()); // the cross empties the field
    const go = make("input", { type: "number", min: 1, max: view.count, value: view.count ? view.at + 1 : 0, title: "Go to a passage (g)", data: { key: "go" } });
    go.addEventListener("change", () => ask("go", [Number(go.value) - 1]));
    bar.replaceChildren(
      make("span", { className: "pl-group" },
        button("◀", "previous passage (p)", () => move(-1), { disabled: view.at <= 0 }),
        go, make("span", { textContent: `of ${view.count}` }),
        button("▶", "next passage (n)", () => move(1), { disabled: view.at >= view.count - 1 })),
      make("span", { className: "pl-group", title: "passages that a person has judged" },
        make("progress", { max: Math.max(view.total, 1), value: view.judged }),
        make("span", { textContent: `${view.judged} of ${view.total} judged` })),
      make("span", { className: "pl-group" }, show_, code, actor, text),
      make("span", { className: "pl-group" },
        button("Undo", "undo (u)", () => ask("undo"), { disabled: !view.undo }),
        button("Redo", "redo (y)", () => ask("redo"), { disabled: !view.redo }),
        button("Keys", "list of keys (h)", help))
    );
  }

  // A field with suggestions. The browser shows the label beside the id.
  function pick(key, value, kind, placeholder, change) {
    const input = make("input", { value: value ?? "", placeholder, title: placeholder, data: { key }, on: { change } });
    input.setAttribute("list", listOf(kind));
    return input;
  }

  // Lists are made once, because a list of many codes takes time.
  function listOf(kind) {
    const id = `pl-${kind}-${model.model_id ?? ""}`;
    if (!lists.has(kind)) {
      lists.add(kind);
      root.append(make("datalist", { id }, ...choices[kind].map((row) => make("option", { value: row.id, label: nameOf(row) }))));
    }
    return id;
  }

  function nameOf(row) {
    return [row.label ?? row.id, row.label_zh].filter(Boolean).join(" ");
  }

  // A person may type a label instead of an id.
  function idOf(input, rows) {
    const typed = input.value.trim();
    const same = (row) => [row.id, row.label, row.label_zh].some((text) => text?.toLowerCase() === typed.toLowerCase());
    return (rows.find(same)?.id ?? typed) || null;
  }

  function labelled(id, rows) {
    const row = rows.find((one) => one.id === id);
    return row ? nameOf(row) : id;
  }

  function drawPassage() {
    const passage = view.passage;
    if (!passage) {
      const why = view.total ? "No passage fits the filters." : "There are no passages.";
      left.replaceChildren(make("p", { className: "pl-none", textContent: why }));
      return;
    }
    const text = make("div", { className: "pl-text", dir: "auto", on: { mouseup: take } });
    text.append(...pieces(passage));
    const live = passage.statements.filter((one) => one.state !== "dropped");
    const part = selection ? [...passage.text].slice(...selection).join("") : "";
    const tools = make("div", { className: "pl-tools" },
      button("Add code…", "add a code to the selected text (Enter)", add, { disabled: !selection, className: "pl-first" }),
      make("span", { className: "pl-part", dir: "auto", textContent: part ? `“${part}”` : "Select text with the mouse or with s." }),
      button("Keep all", "keep all statements that are not judged (Shift+K)", () => ask("keep"), { disabled: !live.some((one) => one.state === "found") }),
      button(passage.nothing ? "✓ Nothing here" : "Nothing here", passage.nothing ? "take this back (0)" : "nothing to code in this passage (0)", () => ask("nothing")));
    const near = (content) => make("div", { className: "pl-near", dir: "auto", textContent: content });
    left.replaceChildren(
      make("div", { className: "pl-place", textContent: `${passage.document}, paragraph ${passage.paragraph}` }),
      ...passage.about.map((line) => make("div", { className: "pl-about", textContent: line })),
      make("div", { className: "pl-heading", dir: "auto", textContent: passage.heading }),
      near(passage.before), text, near(passage.after), tools);
  }

  function pieces(passage) {
    const letters = [...passage.text];
    const marks = passage.statements.filter((one) => one.state !== "dropped" && one.start !== null && one.end !== null);
    const cuts = new Set([0, letters.length]);
    for (const one of marks) cuts.add(one.start).add(one.end);
    if (selection) selection.forEach((place) => cuts.add(place));
    const sought = hits(letters);
    for (const hit of sought) hit.forEach((place) => cuts.add(place));
    const places = [...cuts].filter((place) => place <= letters.length).sort((a, b) => a - b);
    return places.slice(1).map((end, index) => {
      const start = places[index];
      const textContent = letters.slice(start, end).join("");
      const here = marks.filter((one) => one.start <= start && end <= one.end);
      const within = selection && selection[0] <= start && end <= selection[1];
      const hit = sought.some((one) => one[0] <= start && end <= one[1]);
      if (!here.length && !within && !hit) return textContent;
      const first = here.find((one) => one.id === chosen) ?? here[0];
      const theme = first ? choices.codes.find((row) => row.id === first.code)?.theme ?? 0 : 0;
      return make("mark", {
        textContent,
        className: [here.length && "pl-mark", hit && "pl-sought", within && "pl-selected", here.some((one) => one.id === chosen) && "pl-chosen", first?.state === "found" && "pl-found"].filter(Boolean).join(" "),
        title: here.map((one) => labelled(one.code, choices.codes)).join("; "),
        style: { "--pl-hue": hue(theme) },
        on: { click: () => here.length && !selection && choose(here[(here.findIndex((one) => one.id === chosen) + 1) % here.length].id) },
      });
    });
  }

  // The places of the words that the filter asks for.
  function hits(letters) {
    const wanted = [...view.filter.text.toLowerCase()];
    const low = letters.map((letter) => letter.toLowerCase());
    if (!wanted.length) return [];
    return low.flatMap((_, at) => (wanted.every((letter, n) => low[at + n] === letter) ? [[at, at + wanted.length]] : []));
  }

  function choose(id) {
    chosen = id;
    draw();
    right.querySelector(".pl-chosen")?.scrollIntoView({ block: "nearest" });
  }

  function drawStatements() {
    const statements = view.passage?.statements ?? [];
    right.replaceChildren(...statements.map((one) => (one.id === chosen ? form(one) : line(one))));
    if (!statements.length && view.passage)
      right.append(make("p", { className: "pl-none", textContent: view.passage.nothing ? "Nothing here, you said." : "No statements here yet." }));
  }

  function head(one) {
    const theme = choices.codes.find((row) => row.id === one.code)?.theme ?? 0;
    return make("div", { className: "pl-code" },
      make("span", { className: "pl-dot", style: { "--pl-hue": hue(theme) } }),
      make("b", { textContent: labelled(one.code, choices.codes) }),
      make("span", { className: "pl-state", textContent: STATES[one.state] }));
  }

  function line(one) {
    const words = [labelled(one.actor, choices.actors), one.role, one.qualifier === false ? "against" : null, one.initiative && labelled(one.initiative, choices.initiatives), one.note];
    return make("div", { className: `pl-line pl-${one.state}`, on: { click: () => choose(one.id) } },
      head(one), make("div", { className: "pl-words", textContent: words.filter(Boolean).join(" · ") }));
  }

  function form(one) {
    const change = (name, value) => ask("change", [one.id], { [name]: value });
    const field = (name, element) => make("label", {}, make("span", { textContent: name }), element);
    const actor = pick("actor", one.actor, "actors", "actor", () => change("actor", idOf(actor, choices.actors)));
    const initiative = pick("initiative", one.initiative, "initiatives", "none", () => change("initiative", idOf(initiative, choices.initiatives)));
    const role = make("select", { data: { key: "role" } }, ...options(ROLES.map((r) => [r, r]), one.role));
    role.addEventListener("change", () => { leaveField(); change("role", role.value); });
    const side = make("select", { data: { key: "side" } }, ...options(SIDES, one.qualifier === null ? "" : String(one.qualifier)));
    side.addEventListener("change", () => { leaveField(); change("qualifier", side.value === "" ? null : side.value === "true"); });
    const note = make("input", { value: one.note ?? "", placeholder: "begin with ? if you doubt", data: { key: "note" } });
    note.addEventListener("change", () => change("note", note.value));
    return make("div", { className: `pl-line pl-chosen pl-${one.state}` },
      head(one),
      make("div", { className: "pl-words", dir: "auto", textContent: [one.words && `“${one.words}”`, one.coder?.startsWith("policylib ") ? null : one.coder, one.problem].filter(Boolean).join(" · ") }),
      field("code", button(one.code, "change the code (c)", recode, { data: { key: "code" } })),
      field("actor", actor), field("role", role), field("side", side), field("initiative", initiative), field("note", note),
      make("div", { className: "pl-tools" },
        button("Keep", "keep (k)", keep, { disabled: one.state !== "found" && one.state !== "dropped" }),
        button("Drop", "drop (d)", drop, { disabled: one.state === "dropped" })));
  }

  // What keys and buttons do

  const move = (step) => ask("go", [view.at + step]);

  function step(by) {
    const ids = view.passage?.statements.map((one) => one.id) ?? [];
    if (ids.length) choose(ids[Math.max(0, Math.min(ids.indexOf(chosen) + by, ids.length - 1))]);
  }

  async function judge(command) {
    const judged = chosen;
    if (!judged) return;
    await ask(command, [judged]);
    if (chosen !== judged) return;
    const rest = view.passage?.statements ?? [];
    const after = rest.slice(rest.findIndex((one) => one.id === judged) + 1);
    const next = after.find((one) => one.state === "found");
    if (next) choose(next.id);
  }

  const keep = () => judge("keep");
  const drop = () => judge("drop");

  async function keepAll() {
    const answer = await ask("keep");
    if (!answer.error) await move(1);
  }

  function add() {
    if (!selection) return say("Select the words first, with the mouse or with the key s.");
    const place = selection;
    search(`Code for “${[...view.passage.text].slice(...place).join("")}”`, async (code) => {
      const answer = await ask("add", place, { code });
      if (answer.error) return;
      selection = null;
      choose(answer.made);
    });
  }

  function recode() {
    const one = view.passage?.statements.find((statement) => statement.id === chosen);
    if (one) search(`Code instead of ${labelled(one.code, choices.codes)}`, (code) => ask("change", [chosen], { code }));
  }

  function focus(key) {
    const field = root.querySelector(`[data-key="${key}"]`);
    field?.focus();
    field?.select?.();
    if (field?.tagName === "SELECT") try { field.showPicker?.(); } catch { /* without a click, some browsers refuse */ }
  }

  // Selecting

  function take() {
    const range = (root.getRootNode().getSelection?.() ?? document.getSelection());
    const text = left.querySelector(".pl-text");
    if (!range || range.isCollapsed || !range.rangeCount) {
      if (selection) { selection = null; draw(); }
      return;
    }
    const marked = range.getRangeAt(0);
    const from = marked.cloneRange();
    from.selectNodeContents(text);
    const inside = text.contains(marked.startContainer) ? marked.cloneRange() : from.cloneRange();
    if (!text.contains(marked.endContainer)) inside.setEnd(from.endContainer, from.endOffset);
    from.setEnd(inside.startContainer, inside.startOffset);
    // JavaScript counts UTF-16 units; Python counts characters, as the spread of a string does.
    const start = [...from.toString()].length;
    range.removeAllRanges();
    select(start, start + [...inside.toString()].length);
  }

  function select(start, end) {
    const letters = [...view.passage.text];
    while (start < end && /\s/.test(letters[start])) start++;
    while (end > start && /\s/.test(letters[end - 1])) end--;
    selection = start < end ? [start, end] : null;
    draw();
  }

  // Places between words, or between characters as a reader sees them.
  function places(granularity) {
    const found = [];
    let at = 0;
    for (const { segment, isWordLike } of new Intl.Segmenter(undefined, { granularity }).segment(view.passage.text)) {
      const length = [...segment].length;
      if (granularity === "grapheme" || isWordLike) found.push([at, at + length]);
      at += length;
    }
    return found;
  }

  function selectByKeys(event) {
    const forward = event.key === "ArrowRight";
    const parts = places(event.altKey ? "grapheme" : "word");
    if (!parts.length) return;
    const [start, end] = selection;
    if (event.shiftKey) {
      const ends = parts.map((part) => part[1]).filter((place) => (forward ? place > end : place < end && place > start));
      if (ends.length) selection = [start, forward ? ends[0] : ends.at(-1)];
    } else {
      const next = forward ? parts.find((part) => part[0] >= end) : parts.filter((part) => part[1] <= start).at(-1);
      if (next) selection = [...next];
    }
    draw();
  }

  function startSelecting() {
    const mark = view.passage?.statements.find((one) => one.id === chosen && one.start !== null);
    const first = places("word").find((part) => part[0] >= (mark?.start ?? 0)) ?? places("grapheme")[0];
    if (first) { selection = [...first]; draw(); }
  }

  // The search for a code

  function search(title, use) {
    searching = use;
    let found = [];
    let at = 0;
    const input = make("input", { type: "text", placeholder: "search by id or label", autocomplete: "off" });
    const list = make("div", { className: "pl-found-codes", role: "listbox" });
    const definition = make("div", { className: "pl-definition" });
    const list_ = () => {
      const words = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      const rank = (row) => {
        const names = [row.label, row.label_zh, row.id].filter(Boolean).map((text) => text.toLowerCase());
        if (!words.length) return recent.includes(row.id) ? recent.indexOf(row.id) : recent.length;
        if (!words.every((word) => names.some((name) => name.includes(word)))) return -1;
        return names.some((name) => name === words.join(" ")) ? 0 : names.some((name) => name.startsWith(words[0])) ? 1 : 2;
      };
      found = choices.codes.map((row) => [rank(row), row]).filter(([score]) => score >= 0).sort((a, b) => a[0] - b[0]).slice(0, MOST_FOUND).map(([, row]) => row);
      at = 0;
      mark();
    };
    const mark = () => {
      list.replaceChildren(...found.map((row, index) => make("div", {
        className: index === at ? "pl-chosen" : "", role: "option", ariaSelected: index === at,
        on: { mousedown: (event) => { event.preventDefault(); done(row); }, mousemove: () => { if (at !== index) { at = index; mark(); } } },
      }, make("span", { className: "pl-dot", style: { "--pl-hue": hue(row.theme) } }), nameOf(row), make("small", { textContent: row.id }))));
      definition.textContent = found.length ? found[at].definition ?? "" : "No code has these words.";
      list.children[at]?.scrollIntoView({ block: "nearest" });
    };
    const done = (row) => {
      leave();
      recent = [row.id, ...recent.filter((id) => id !== row.id)];
      searching = null;
      use(row.id);
    };
    input.addEventListener("input", list_);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === 229) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        at = Math.max(0, Math.min(at + (event.key === "ArrowDown" ? 1 : -1), found.length - 1));
        mark();
      } else if (event.key === "Enter" && found.length) {
        event.preventDefault();
        event.stopPropagation();
        done(found[at]);
      }
    });
    open(make("div", { className: "pl-box" }, make("div", { className: "pl-title" }, make("b", { textContent: title }), button("✕", "close (Esc)", leave)), input, list, definition));
    list_();
    input.focus();
  }

  function help() {
    const rows = KEYS.map(([keys, does]) => make("tr", {}, make("td", {}, ...keys.split("  ").map((key) => make("kbd", { textContent: key }))), make("td", { textContent: does })));
    open(make("div", { className: "pl-box" }, make("div", { className: "pl-title" }, make("b", { textContent: `Keys (${choices.coder} writes ${choices.file})` }), button("✕", "close (Esc)", leave)), make("table", {}, ...rows), make("div", { className: "pl-definition", textContent: "Every change is saved at once. In Python: widget = pol.code_by_hand(…), then widget.statements and widget.corrections." })));
    over.querySelector("button").focus();
  }

  function open(box) {
    over.replaceChildren(box);
    over.hidden = false;
  }

  function leave() {
    over.hidden = true;
    over.replaceChildren();
    root.focus({ preventScroll: true });
  }

  over.addEventListener("mousedown", (event) => event.target === over && leave());

  // Keys

  const COMMANDS = {
    n: () => move(1), p: () => move(-1), ArrowRight: () => move(1), ArrowLeft: () => move(-1),
    ArrowDown: () => step(1), ArrowUp: () => step(-1), k: keep, d: drop, K: keepAll, c: recode,
    a: () => focus("actor"), r: () => focus("role"), f: () => focus("side"), i: () => focus("initiative"), m: () => focus("note"),
    s: startSelecting, Enter: add, 0: () => ask("nothing"), u: () => ask("undo"), y: () => ask("redo"),
    "/": () => focus("search"), g: () => focus("go"), h: help, "?": help,
  };

  function press(event) {
    event.stopPropagation();
    if (event.isComposing || event.keyCode === 229 || !view) return; // an input method is at work
    const field = event.target.closest("input, select, textarea");
    if (event.key === "Escape") {
      if (!over.hidden) leave();
      else if (field) { field.value = field.defaultValue ?? field.value; leaveField(); draw(); }
      else if (selection) { selection = null; draw(); }
      event.preventDefault();
      return;
    }
    if (field) {
      if (event.key === "Enter" && field.tagName === "INPUT") leaveField();
      return;
    }
    if (!over.hidden) return;
    if (event.key === "Enter" && event.target.tagName === "BUTTON") return;
    if (event.ctrlKey || event.metaKey) {
      const command = { z: event.shiftKey ? "redo" : "undo", Z: "redo", y: "redo" }[event.key];
      if (command) { event.preventDefault(); ask(command); }
      return;
    }
    if (selection && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
      event.preventDefault();
      return selectByKeys(event);
    }
    const command = COMMANDS[event.key];
    if (command && !event.altKey) { event.preventDefault(); command(); }
  }

  function closed() {
    if (model.get("is_open")) return;
    say("This file was opened again in another cell. This view no longer writes to it.");
    root.classList.add("pl-closed");
  }

  model.on("msg:custom", receive);
  model.on("change:is_open", closed);
  ask("open");
  closed();
  return () => {
    model.off("msg:custom", receive);
    model.off("change:is_open", closed);
  };
}

export default { render };
