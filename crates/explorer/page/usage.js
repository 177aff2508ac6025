let showing = 0;

// The record of calls, as charts with the tables that they are drawn from.
async function showUsage() {
  showing += 1;
  const mine = showing;
  const said = $("usage-said");
  speak(said, () => say("working"));
  $("usage").replaceChildren();
  let usage;
  try {
    usage = await ask("usage", {});
  } catch (error) {
    if (mine === showing) speak(said, () => error.words || String(error.message));
    return;
  }
  if (mine !== showing) return;
  if (usage === null) return speak(said, () => say("usage-none"));
  if (usage.actions.length === 0 && usage.packages.length === 0) return speak(said, () => say("usage-empty"));
  silence(said);
  const parts = [];
  if (usage.days.length > 0) parts.push(chart("usage-days", "day", usage.days));
  if (usage.actions.length > 0) parts.push(chart("usage-actions", "action", usage.actions));
  if (usage.codes.length > 0) parts.push(table("usage-codes", ["code", "calls"], usage.codes));
  if (usage.packages.length > 0) parts.push(table("usage-packages", ["action", "calls", "left"], usage.packages.map((one) => [one.action, one.calls, one.left])));
  $("usage").replaceChildren(...parts);
}

function table(title, columns, rows) {
  const head = make("tr", {}, ...columns.map((column, at) => make("th", { scope: "col", class: at > 0 && "number", spoken: () => say(column) })));
  const body = rows.map(([first, ...rest]) => make("tr", {}, make("th", { scope: "row" }, String(first)), ...rest.map((value) => make("td", { class: "number" }, value.toLocaleString(tongue)))));
  return make("section", { class: "chart" }, make("h2", { "data-t": title }, say(title)), make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say(title) }, make("table", {}, make("thead", {}, head), make("tbody", {}, ...body))));
}

// Bars of what went well and what failed, one on the other; the table below says the same to who cannot see it.
function chart(title, column, rows) {
  const shown = rows.slice(-31);
  const most = Math.max(1, ...shown.map((row) => row.ok + row.failed));
  const line = 26;
  const svg = drawn("svg", { viewBox: `0 0 640 ${shown.length * line + 6}`, "aria-hidden": "true", class: "bars" });
  shown.forEach((row, at) => {
    const y = at * line + 4;
    const ok = (row.ok / most) * 320;
    const failed = (row.failed / most) * 320;
    svg.append(
      drawn("text", { x: "250", y: String(y + 14), "text-anchor": "end", class: "bar-label" }, row.key.length > 32 ? `${row.key.slice(0, 31)}…` : row.key),
      drawn("rect", { x: "260", y: String(y), width: String(ok), height: "18", class: "bar-ok" }),
      drawn("rect", { x: String(260 + ok), y: String(y), width: String(failed), height: "18", class: "bar-failed" }),
      drawn("text", { x: String(268 + ok + failed), y: String(y + 14), class: "bar-label" }, String(row.ok + row.failed)),
    );
  });
  const section = table(title, [column, "ok", "failed", "billed"], rows.map((row) => [row.key, row.ok, row.failed, row.billed]));
  const legend = make("p", { class: "legend" }, make("span", { class: "key-ok" }), make("span", { "data-t": "ok" }, say("ok")), make("span", { class: "key-failed" }), make("span", { "data-t": "failed" }, say("failed")));
  section.querySelector("h2").after(svg, legend);
  return section;
}
