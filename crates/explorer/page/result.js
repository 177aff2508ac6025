// The opened result: its fields as a table, its pictures as pictures, and its JSON.
function clearResult(one) {
  for (const image of one.area.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  one.area.replaceChildren();
  one.section.hidden = true;
}

function showResult(json, notes) {
  const one = stage.opened;
  clearResult(one);
  let value = null;
  try { value = JSON.parse(json); } catch { value = null; }
  one.about.dataset.t = run.sealsReply ? "about-opened" : "about-opened-clear";
  one.about.textContent = say(one.about.dataset.t);
  const rows = [];
  const pictures = [];
  walk(value, "", rows, pictures, { left: 5000 });
  if (pictures.length > 0) {
    one.area.append(make("div", { class: "pictures" }, ...pictures.map(({ path, base64, type }) => {
      const url = pictureUrl(base64, type);
      const image = make("img", { class: "personal", alt: "" });
      if (url) image.src = url;
      const label = () => path.endsWith("Portrait") || path.endsWith("portrait_image") ? say("portrait") : path;
      image.alt = label();
      return make("figure", {}, image, make("figcaption", { spoken: label }));
    })));
  }
  if (rows.length > 0) {
    const body = make("tbody", {}, ...rows.map(([path, text]) => make("tr", {}, make("th", { scope: "row" }, path), make("td", { class: "personal" }, text))));
    one.area.append(make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col", spoken: () => say("field") }), make("th", { scope: "col", spoken: () => say("value") }))), body));
  }
  one.area.append(make("pre", { class: "text personal", tabindex: "0", role: "region", "aria-label": "JSON" }, readable(json)));
  note(one, ...notes.map((words) => () => either(words)));
  one.section.hidden = false;
}

// JSON laid out, where it is short enough without its pictures: laid out it may be many times as long.
function readable(json) {
  const short = cut(json);
  try {
    return cut(JSON.stringify(JSON.parse(short), null, 2));
  } catch {
    return short;
  }
}

// Every text, number and switch of the result with its path; JSON inside a text is looked into; pictures apart.
function walk(value, path, rows, pictures, steps) {
  if (rows.length >= 200 || steps.left <= 0) return;
  steps.left -= 1;
  const join = (key) => path === "" ? String(key) : `${path}.${key}`;
  if (Array.isArray(value)) {
    value.slice(0, steps.left).forEach((item, at) => walk(item, `${path}[${at}]`, rows, pictures, steps));
  } else if (value !== null && typeof value === "object") {
    for (const [key, item] of Object.entries(value).slice(0, steps.left)) walk(item, join(key), rows, pictures, steps);
  } else if (typeof value === "string") {
    const type = pictureType(value);
    if (type) {
      if (pictures.length < 8) pictures.push({ path, base64: value, type });
      return;
    }
    if (/^\s*\{/.test(value)) {
      try { return walk(JSON.parse(value), path, rows, pictures, steps); } catch { /* a text like any other */ }
    }
    if (value !== "") rows.push([path, cut(value)]);
  } else if (value !== null) {
    rows.push([path, String(value)]);
  }
}
