// The three steps. Each shows its stages as they come; a refusal is told with the check that refused.
const run = {
  exchange: "", sealed: false, body: "", envelope: "none", sealsReply: false, forTest: false, sealedOf: "", sentOf: undefined, openedOf: undefined,
  keyName: () => Array.from($("key").files, (file) => `${file.name} ${file.size} ${file.lastModified}`).join(),
};

// Counts what is told, so that what is told late does not stand in for what came after it.
let refusals = 0;

function clearRefusal() {
  refusals += 1;
  silence($("alert"));
}

function refuse(error) {
  silence($("status"));
  const known = error instanceof Refused ? error : inBoth("not-understood", "-", String(error && error.message));
  // Emptied first, so that the same sentence twice is heard twice.
  clearRefusal();
  const mine = refusals;
  requestAnimationFrame(() => { if (mine === refusals) speak($("alert"), () => known.words); });
}

// What can be done next.
function settle() {
  $("send").disabled = stage.signed.text === "";
  $("open").disabled = stage.reply.text === "";
}

let busy = false;
async function step(button, does) {
  if (busy) return;
  busy = true;
  clearRefusal();
  button.setAttribute("aria-busy", "true");
  speak($("status"), () => say("working"));
  try {
    await pictureTaken();
    await does();
  } catch (error) {
    refuse(error);
  } finally {
    busy = false;
    button.removeAttribute("aria-busy");
    settle();
    remark();
  }
}

async function keyOf() {
  const [file] = $("key").files;
  if (!file) return undefined;
  if (file.size > 262144) throw inBoth("too-large", Math.ceil(file.size / 1048576), 0.25);
  try {
    return toBase64(new Uint8Array(await file.arrayBuffer()));
  } catch {
    throw inBoth("unreadable");
  }
}

async function seal() {
  if (!stage.inner.edited) {
    formChanged();
    checkForm();
  }
  const [key, { envelope, service }] = [await keyOf(), actionOf()];
  const sealedOf = sealing();
  const sealed = await ask("seal", {
    ...called(),
    inner: textOf(stage.inner),
    key,
    suite: $("suite").value,
    accept_repeated_nonce: $("nonce").checked,
  });
  clearFrom("envelope");
  run.exchange = sealed.exchange;
  run.sealed = sealed.sealed;
  run.envelope = envelope;
  run.sealsReply = envelope === "answer" || (envelope === "request" && service === "ocr");
  run.forTest = sealed.sealed && key === undefined;
  stage.inner.section.hidden = false;
  $("intro").hidden = true;
  fill(stage.envelope, sealed.sealed ? sealed.body : "");
  run.body = sealed.body;
  run.sealedOf = sealedOf;
  note(stage.inner, ...sealed.findings.map((finding) => () => say("finding", either(finding))));
  if (key !== undefined && $("target").value === "embedded") sealed.notes.push({ en: WORDS["own-key"][0], zh: WORDS["own-key"][1] });
  note(sealed.sealed ? stage.envelope : stage.inner, ...sealed.notes.map((words) => () => either(words)));
  showSigned(sealed);
  speak($("status"), () => say(sealed.sealed ? "sealed" : "signed-only"));
}

function showSigned(stages) {
  for (const [id, text] of [["canonical", stages.canonical_request], ["string", stages.string_to_sign], ["signed", stages.signed_request]]) {
    stage[id].stale = false;
    const { edited, text: mine } = stage[id];
    fill(stage[id], text);
    // An edit that the signer took is still one.
    stage[id].edited = edited && mine === text && id !== "signed";
    tell(stage[id]);
  }
}

// Signed anew at each sending, since a signature is good for five minutes; unless somebody edited the request itself.
async function send() {
  const edited = ["envelope", "canonical", "string", "signed"].some((id) => stage[id].edited);
  // What has changed above is sealed anew, unless somebody works on what was sealed.
  if (!edited && run.sealedOf !== sealing()) await seal();
  if (!stage.signed.edited) {
    const edits = {};
    if (stage.canonical.edited) edits.canonical_request = textOf(stage.canonical);
    if (stage.string.edited) edits.string_to_sign = textOf(stage.string);
    showSigned(await ask("sign", { ...called(), body: run.sealed ? textOf(stage.envelope) : run.body, ...edits }));
  }
  const reply = await ask("send", { ...called(), signed_request: textOf(stage.signed) });
  clearFrom("reply");
  run.sentOf = sending();
  fill(stage.reply, reply.body);
  const notes = [() => `HTTP ${reply.status}`];
  if (reply.not_recorded) notes.push(() => either(reply.not_recorded));
  note(stage.reply, ...notes);
  stage.reply.section.hidden = false;
  bringUp(stage.reply);
  if (reply.refused) throw new Refused(reply.refused);
  speak($("status"), () => say("sent", reply.status, reply.milliseconds) + unnoticed(edited));
}

async function open_() {
  const opened = await ask("open", { ...called(), exchange: run.exchange, reply: textOf(stage.reply), policy: $("policy").value });
  run.openedOf = stage.reply.text;
  showResult(opened.json, opened.notes);
  bringUp(stage.opened);
  const { edited } = stage.reply;
  speak($("status"), () => say("opened-said") + unnoticed(edited));
}

// What has just come is seen without looking for it.
function bringUp(one) {
  one.section.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

// An edit that every check let pass.
const unnoticed = (edited) => edited ? say("unnoticed") : "";

function buildRun() {
  $("seal").addEventListener("click", () => step($("seal"), seal));
  $("send").addEventListener("click", () => step($("send"), send));
  $("open").addEventListener("click", () => step($("open"), async () => {
    // What was opened before is not the result of what is on the page now.
    clearResult(stage.opened);
    await open_();
  }));
  const again = labelled(make("button", { type: "button", id: "from-form", hidden: true }), "from-form", "inner");
  again.addEventListener("click", () => { fill(stage.inner, innerOf()); changed(stage.inner); again.hidden = true; stage.inner.area.focus(); });
  stage.inner.tools.prepend(again);
  stage.inner.area.addEventListener("input", () => { again.hidden = !stage.inner.edited; });
}
