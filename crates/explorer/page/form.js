// The form: cloud, action, and a field for each parameter that the catalogue has. What was typed is kept by name and kind,
// so that going to another action and back loses nothing, and what one action takes as an object is no other's text.
let catalogue = null;
const typed = {};
let suiteIsChosen = false;
const keyOfParameter = (parameter) => `${parameter.kind} ${parameter.name}`;

const cloudOf = () => catalogue.clouds.find((cloud) => cloud.name === $("cloud").value);
const actionOf = () => catalogue.actions.find((action) => action.cloud === $("cloud").value && action.name === $("action").value);

// What is called, as the server wants to hear it.
function called() {
  return { cloud: $("cloud").value, action: $("action").value, region: $("region").value, target: $("target").value };
}

function buildForm() {
  $("cloud").append(...catalogue.clouds.map((cloud) => make("option", { value: cloud.name }, { tencent: "Tencent Cloud 腾讯云", ctyun: "Ctyun 天翼云", huawei: "Huawei Cloud 华为云" }[cloud.name])));
  $("cloud").addEventListener("change", () => { chooseCloud(); formChanged(); callChanged(); });
  $("action").addEventListener("change", () => { chooseAction(); formChanged(); callChanged(); });
  $("target").addEventListener("change", () => { tellTarget(); callChanged(); });
  $("region").addEventListener("input", tellRegion);
  $("suite").addEventListener("change", () => { suiteIsChosen = true; });
  for (const id of ["key", "suite"]) $(id).addEventListener("change", () => { remark(); tellNonce(); });
  nameFile($("image"));
  nameFile($("key"));
  $("key").addEventListener("change", () => nameFile($("key")));
  $("request").addEventListener("submit", (event) => event.preventDefault());
  $("fields").addEventListener("input", formChanged);
  $("fields").addEventListener("change", formChanged);
  // A real endpoint may bill a call: it is chosen by whoever started the explorer, or on the page.
  if (catalogue.endpoint) $("target").value = "endpoint";
  chooseCloud();
}

// The browser's own words beside a file would be in the browser's language.
function nameFile(input, name = input.files[0] && input.files[0].name) {
  speak(input.parentElement.querySelector(".chosen"), () => name || say("no-file"));
}

function chooseCloud() {
  const actions = catalogue.actions.filter((action) => action.cloud === $("cloud").value);
  $("action").replaceChildren(...actions.map((action) => make("option", { value: action.name }, action.service === "faceid" ? `${action.name} (faceid)` : action.name)));
  $("regions").replaceChildren(...cloudOf().regions.map((region) => make("option", { value: region })));
  chooseAction();
  tellTarget();
  tellRegion();
}

// A cloud may have opened a region since; it is for whoever typed it to know.
function tellRegion() {
  const region = $("region").value.trim();
  const { regions } = cloudOf();
  if (region === "" || regions.includes(region)) silence($("region-hint"));
  else speak($("region-hint"), () => say(regions.length > 0 ? "region-unknown" : "region-none", region));
}

function chooseAction() {
  const action = actionOf();
  speak($("what"), () => either(action.what));
  $("envelope-settings").hidden = action.envelope === "none";
  // Until somebody chooses a key: the one under which the action's members can be sealed one by one without more ado.
  if (!suiteIsChosen) $("suite").value = action.envelope === "members" ? "aes-256-cbc" : "sm4-gcm";
  tellNonce();
  $("picture-field").hidden = !action.parameters.some((parameter) => parameter.picture);
  for (const parameter of action.parameters) {
    const key = keyOfParameter(parameter);
    if (!parameter.picture && !(key in typed) && parameter.name in action.example) typed[key] = action.example[parameter.name];
  }
  const [first, more] = [[], []];
  for (const parameter of action.parameters) (isFirst(action, parameter) ? first : more).push(field(parameter));
  if (more.length > 0) first.push(make("details", { class: "more" }, make("summary", { spoken: () => say("more", more.length) }), ...more));
  $("fields").replaceChildren(...first);
}

// What a call is mostly made of stands open; the rest is opened on request, and where something was typed into it.
function isFirst(action, parameter) {
  if (parameter.need === "required" || parameter.url || parameter.name in action.example) return true;
  return parameter.choices.includes("CropPortrait") || typed[keyOfParameter(parameter)] !== undefined;
}

// Several members under one nonce are a matter of SM4-GCM alone; what key a file holds is not known here.
function tellNonce() {
  const isCbc = $("target").value === "embedded" && $("key").files.length === 0 && $("suite").value === "aes-256-cbc";
  $("nonce-field").hidden = actionOf().envelope !== "members" || isCbc;
}

function tellTarget() {
  tellNonce();
  const target = $("target").value;
  const cloud = cloudOf();
  const key = target === "embedded" ? "hint-embedded" : cloud.credentials ? "hint-endpoint" : "hint-none";
  const at = target === "endpoint" && catalogue.endpoint ? catalogue.endpoint : "";
  speak($("target-hint"), () => say(key, ...cloud.variables) + (at && say("hint-at", at)));
  $("suite-field").hidden = target !== "embedded";
  $("key-hint").dataset.t = target === "embedded" ? "key-hint" : "key-hint-endpoint";
  $("key-hint").textContent = say($("key-hint").dataset.t);
}

// One parameter: its name, what it is for, what it must keep to, and a field of its kind.
function field(parameter) {
  const id = `field-${parameter.name}`;
  const hint = make("p", { class: "quiet", id: `${id}-hint`, spoken: () => [either(parameter.what), either(parameter.limits)].filter(Boolean).join(tongue === "en" ? "; " : "；") });
  if (parameter.kind === "json-text" && parameter.choices.length > 0) return switches(parameter, id, hint);
  const label = make("label", { for: id }, parameter.name);
  const needed = parameter.need === "required" ? [make("span", { class: "need", "data-t": "required" }, say("required"))] : [];
  const input = control(parameter, id);
  input.setAttribute("aria-describedby", hint.id);
  if (parameter.need === "required") input.setAttribute("aria-required", "true");
  input.addEventListener("input", () => { typed[keyOfParameter(parameter)] = read(parameter, input); });
  return make("div", { class: "field parameter" }, make("div", {}, label, ...needed), input, hint);
}

function control(parameter, id) {
  const value = typed[keyOfParameter(parameter)];
  if (parameter.kind === "choice" || parameter.kind === "switch") {
    const names = parameter.kind === "switch" ? ["true", "false"] : parameter.choices.filter(Boolean);
    const select = make("select", { id }, make("option", { value: "", "data-t": "unset" }, say("unset")), ...names.map((name) => make("option", { value: name }, name)));
    select.value = value === undefined ? "" : String(value);
    return select;
  }
  const many = parameter.kind === "texts" || parameter.kind === "json" || parameter.picture;
  const input = make(many ? "textarea" : "input", { id, rows: many && "2", autocomplete: "off", spellcheck: "false", class: parameter.url ? undefined : "personal shy", placeholder: " ", inputmode: parameter.kind === "integer" ? "numeric" : undefined });
  input.value = value === undefined ? "" : parameter.kind === "texts" ? value.join("\n") : typeof value === "string" ? value : JSON.stringify(value);
  return input;
}

function switches(parameter, id, hint) {
  const key = keyOfParameter(parameter);
  if (typed[key] === undefined && parameter.choices.includes("CropPortrait")) typed[key] = '{"CropPortrait":true}';
  let on = {};
  try { on = JSON.parse(typed[key] || "{}"); } catch { on = {}; }
  const boxes = parameter.choices.map((name) => {
    const box = make("input", { type: "checkbox" });
    box.checked = on[name] === true;
    box.addEventListener("change", () => {
      if (box.checked) on[name] = true;
      else delete on[name];
      typed[key] = Object.keys(on).length > 0 ? JSON.stringify(on) : "";
    });
    return make("label", { class: "switch" }, box, ` ${name}`);
  });
  return make("fieldset", { class: "parameter", id, "aria-describedby": hint.id }, make("legend", {}, parameter.name), hint, make("div", { class: "boxes" }, ...boxes));
}

// What a field says, as JSON has it; nothing where it is empty. What is no number or no JSON is sent as it was typed.
function read(parameter, input) {
  const text = input.value;
  if (text.trim() === "") return undefined;
  switch (parameter.kind) {
    case "switch": return text === "true";
    case "integer": return /^-?\d{1,15}$/.test(text.trim()) ? Number(text) : text;
    case "texts": return text.split("\n").map((line) => line.trim()).filter(Boolean);
    case "json": try { return JSON.parse(text); } catch { return text; }
    default: return text;
  }
}

// The request that the form stands for.
function innerOf() {
  const inner = {};
  for (const parameter of actionOf().parameters) {
    const value = typed[keyOfParameter(parameter)];
    if (parameter.picture && picture.base64) {
      inner[parameter.name] = parameter.kind === "texts" ? [picture.base64] : picture.base64;
    } else if (parameter.url && picture.base64) {
      continue;
    } else if (value !== undefined && value !== "") {
      inner[parameter.name] = value;
    }
  }
  return JSON.stringify(inner, null, 2);
}

// What the action requires and the form does not have: sets of names, of which one each is missing.
function missing() {
  const inner = JSON.parse(innerOf());
  const required = actionOf().parameters.filter((parameter) => parameter.need === "required").map((parameter) => [parameter.name]);
  return [...required, ...actionOf().one_of].filter((names) => names.every((name) => !(name in inner)));
}

// Told before anything is sealed, at the fields.
function checkForm() {
  const sets = missing();
  if (sets.length === 0) return;
  const names = sets.flat();
  const fields = names.map((name) => $(`field-${name}`)).filter(Boolean);
  for (const input of fields) input.setAttribute("aria-invalid", "true");
  if (fields.length > 0) fields[0].focus();
  const isPicture = actionOf().parameters.some((parameter) => parameter.picture && names.includes(parameter.name));
  throw inBoth(isPicture ? "missing-picture" : "missing", sets.map((set) => set.join(" / ")).join(", "));
}

// Stages of another call are nobody's to send.
function callChanged() {
  clearFrom("envelope");
  run.exchange = "";
  run.sentOf = undefined;
  remark();
  clearRefusal();
  silence($("status"));
  settle();
}

// The inner request follows the form, until somebody edits it: then it is theirs.
function formChanged() {
  for (const input of document.querySelectorAll("#fields [aria-invalid]")) input.removeAttribute("aria-invalid");
  if (!stage.inner.edited) {
    fill(stage.inner, innerOf());
    stage.inner.section.hidden = false;
    remark();
  }
  $("from-form").hidden = !stage.inner.edited;
}
