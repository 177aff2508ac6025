// The same call as a program.
function buildCode() {
  const names = { curl: "curl", rust: "Rust", python: "Python", nodejs: "Node.js", java: "Java", go: "Go", php: "PHP", csharp: "C#", cpp: "C++" };
  const all = catalogue.clouds.flatMap((cloud) => cloud.languages);
  $("code-language").append(...all.map((name) => make("option", { value: name }, names[name] || name)));
  $("code-language").addEventListener("change", writeCode);
  $("code-copy").addEventListener("click", () => copy(program, $("code-said")));
}

let program = "";
let writing = 0;

// What whoever runs the program has to know of its body.
function noteOnBody() {
  if (stage.envelope.text === "") return actionOf().envelope === "none" ? null : "code-not-sealed";
  return run.forTest ? "code-test-key" : null;
}

// Of two programs that are asked for, the later is shown, whichever comes first.
async function writeCode() {
  writing += 1;
  const mine = writing;
  program = "";
  silence($("code-said"));
  silence($("code-run"));
  silence($("code-note"));
  $("program").textContent = "";
  const isWritten = cloudOf().languages.length > 0;
  for (const id of ["code-what", "code-choice", "program"]) $(id).hidden = !isWritten;
  if (!isWritten) return speak($("code-note"), () => say("code-none"));
  const body = stage.envelope.text || textOf(stage.inner);
  try {
    const written = await ask("code", { ...called(), language: $("code-language").value, body, comments: tongue });
    if (mine !== writing) return;
    program = written.before + written.body + written.after;
    const isSealed = stage.envelope.text !== "" && run.envelope === "request";
    const own = make("span", isSealed ? {} : { class: "personal" }, cut(written.body));
    $("program").replaceChildren(written.before, own, written.after);
    const note = noteOnBody();
    if (note) speak($("code-note"), () => say(note));
    // Its answer can be pasted there and opened.
    if (stage.envelope.text !== "" && run.sealsReply) stage.reply.section.hidden = false;
    speak($("code-run"), () => say("code-run", written.file, written.command));
  } catch (error) {
    if (mine === writing) speak($("code-said"), () => error.words || String(error.message));
  }
}
