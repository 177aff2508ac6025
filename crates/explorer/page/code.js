// The same call as a program.
function buildCode() {
  const names = { curl: "curl", rust: "Rust", python: "Python", nodejs: "Node.js", java: "Java", go: "Go", php: "PHP", csharp: "C#", cpp: "C++" };
  $("code-language").append(...catalogue.languages.map((name) => make("option", { value: name }, names[name] || name)));
  $("code-language").addEventListener("change", writeCode);
  $("code-copy").addEventListener("click", () => copy(program, $("code-said")));
}

let program = "";
async function writeCode() {
  program = "";
  silence($("code-said"));
  silence($("code-run"));
  $("program").textContent = "";
  const body = stage.envelope.text || textOf(stage.inner);
  try {
    const written = await ask("code", { ...called(), language: $("code-language").value, body });
    program = written.program;
    $("program").textContent = cut(program);
    speak($("code-run"), () => say("code-run", written.file, written.command));
  } catch (error) {
    speak($("code-said"), () => error.words || String(error.message));
  }
}
