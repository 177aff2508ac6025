// The stages, each in a section of its own, which shows once there is something in it. Its text can be edited.
const STAGES = [
  { id: "inner", personal: true, editable: true },
  { id: "envelope", personal: false, editable: true },
  { id: "canonical", personal: false, editable: true },
  { id: "string", personal: false, editable: true },
  { id: "signed", personal: false, editable: true },
  { id: "reply", personal: false, editable: true },
  { id: "opened", personal: true, editable: false },
];
const stage = Object.fromEntries(STAGES.map((one) => [one.id, one]));

function buildStages() {
  for (const one of STAGES) {
    one.text = "";
    one.pieces = [];
    one.edited = false;
    one.section = make("section", { id: `stage-${one.id}`, class: "stage", "aria-labelledby": `heading-${one.id}`, hidden: true });
    const heading = make("h2", { id: `heading-${one.id}`, "data-t": one.id }, say(one.id));
    one.mark = make("span", { class: "mark" });
    const head = make("div", { class: "head" }, heading, one.mark);
    const about = one.about = make("p", { class: "quiet", "data-t": `about-${one.id}` }, say(`about-${one.id}`));
    one.notes = make("ul", { class: "notes" });
    one.count = make("span", { class: "quiet" });
    one.tools = make("div", { class: "tools" });
    if (one.editable) {
      one.area = make("textarea", { id: `text-${one.id}`, class: "text", "aria-labelledby": `heading-${one.id}`, spellcheck: "false", autocomplete: "off", autocapitalize: "off", rows: "8" });
      one.area.addEventListener("input", () => edit(one));
      one.undo = labelled(make("button", { type: "button", hidden: true }), "undo", one.id);
      one.undo.addEventListener("click", () => { fill(one, one.original); changed(one); one.area.focus(); });
      one.tools.append(tool(one, "flip", () => flip(one)), one.undo, tool(one, "copy", () => copy(textOf(one), $("status"))), one.count);
      one.section.append(head, about, one.area, one.tools, one.notes);
    } else {
      one.area = make("div", { class: "result" });
      one.section.append(head, about, one.notes, one.area);
    }
    $("stages").append(one.section);
  }
}

function tool(one, verb, does) {
  const button = labelled(make("button", { type: "button" }), verb, one.id);
  button.addEventListener("click", does);
  return button;
}

// Shows a text that was made, not edited.
function fill(one, text) {
  one.original = text;
  one.text = text;
  one.edited = false;
  show(one);
}

function show(one) {
  const { shown, pieces } = shorten(one.text);
  one.pieces = pieces;
  one.section.hidden = one.text === "";
  one.area.defaultValue = shown;
  one.area.value = shown;
  one.area.rows = Math.min(14, Math.max(4, Math.ceil(shown.length / 60), shown.split("\n").length));
  one.area.classList.toggle("personal", isPersonal(one));
  tell(one);
}

function tell(one) {
  const stale = (one.stale || one.old) && !one.edited;
  one.section.classList.toggle("edited", one.edited);
  one.section.classList.toggle("stale", Boolean(stale));
  if (one.edited) speak(one.mark, () => say(one.old ? "edited-old" : "edited"));
  else if (one.old) speak(one.mark, () => say("old"));
  else if (stale) speak(one.mark, () => say("stale"));
  else silence(one.mark);
  if (!one.editable) return;
  one.undo.hidden = !one.edited;
  speak(one.count, () => say("characters", one.text.length.toLocaleString(tongue)));
}

// What was sealed whole is nobody's to read; what is in clear, or beside sealed members, may be somebody's card.
function isPersonal(one) {
  if (one.personal) return true;
  if (one.id === "reply") return !run.sealsReply;
  return ["envelope", "signed"].includes(one.id) && run.envelope !== "request";
}

// The step that comes to what was edited.
const STEP_AFTER = { inner: "seal", reply: "open" };

function textOf(one) {
  return one.text;
}

function edit(one) {
  one.text = lengthen(one.area.value, one.pieces);
  one.edited = one.text !== one.original;
  changed(one);
  settle();
}

// What was made of a text that has changed will be made anew.
function changed(one) {
  const at = STAGES.indexOf(one);
  for (const later of STAGES.slice(at + 1)) {
    if (later.id === "reply") break;
    later.stale = one.edited && ["envelope", "canonical", "string"].includes(one.id);
  }
  remark();
}

// What stands on the page and is no more of the request that stands above it: sealed, sent or opened before that changed.
function remark() {
  const sealedOf = run.exchange !== "" && run.sealedOf !== sealing();
  const sentOf = run.sentOf !== undefined && run.sentOf !== sending();
  for (const one of STAGES) {
    if (one.id === "reply") one.old = sealedOf || sentOf;
    else if (one.id === "opened") one.old = sealedOf || sentOf || run.openedOf !== stage.reply.text;
    else one.old = one.id !== "inner" && sealedOf;
    tell(one);
  }
  $("form-note").hidden = !stage.inner.edited;
  if (sealedOf) silence($("status"));
}

// What the envelope is made of, and what is sent.
const sealing = () => [stage.inner.text, $("suite").value, run.keyName()].join("\n");
const sending = () => ["envelope", "canonical", "string", "signed"].map((id) => stage[id].text).join("\n");

function clearFrom(id) {
  for (const one of STAGES.slice(STAGES.indexOf(stage[id]))) {
    one.stale = false;
    one.notes.replaceChildren();
    if (one.editable) fill(one, "");
    else clearResult(one);
  }
}

function note(one, ...sentences) {
  one.notes.replaceChildren(...sentences.map((words) => make("li", { spoken: words })));
}

// Changes one character to its neighbour of the same kind, so that base64 stays base64: at the caret, or anywhere.
function flip(one) {
  const text = one.text;
  const can = (at) => /[A-Za-z0-9]/.test(text[at] || "");
  const caret = one.pieces.length === 0 && document.activeElement !== one.area ? one.area.selectionStart : -1;
  let at = caret > 0 && can(caret) ? caret : Math.floor(Math.random() * text.length);
  for (let tries = 0; tries < text.length && !can(at); tries += 1) at = (at + 1) % text.length;
  if (!can(at)) return;
  const from = text[at];
  const to = neighbour(from);
  one.text = text.slice(0, at) + to + text.slice(at + 1);
  one.edited = one.text !== one.original;
  const { shown, pieces } = shorten(one.text);
  one.area.value = shown;
  one.pieces = pieces;
  if (pieces.length === 0) one.area.setSelectionRange(at, at + 1);
  changed(one);
  speak($("status"), () => say("flipped", (at + 1).toLocaleString(tongue), say(one.id), from, to, say(STEP_AFTER[one.id] || "send")));
}

function neighbour(c) {
  if (c === "9") return "0";
  if (c === "Z") return "A";
  if (c === "z") return "a";
  return String.fromCharCode(c.charCodeAt(0) + 1);
}
