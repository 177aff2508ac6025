// Texts of millions of characters, as far as a field can bear them: the middle of long base64 is kept aside, and a mark
// stands for it. What is edited around a mark is kept; a mark that is deleted takes its piece with it.
const BEARABLE = 100000;
const MARK = /…⟨(\d+): \d+⟩…/g;

function shorten(text) {
  if (text.length <= BEARABLE) return { shown: text, pieces: [] };
  const pieces = [];
  const shown = eachRun(text, 4096, (run) => {
    const middle = run.slice(64, -64);
    pieces.push(middle);
    return `${run.slice(0, 64)}…⟨${pieces.length}: ${middle.length}⟩…${run.slice(-64)}`;
  });
  return { shown, pieces };
}

// A text to be read only: of long base64, its two ends.
function cut(text) {
  return eachRun(text, 600, (run) => `${run.slice(0, 48)}…(${run.length})…${run.slice(-48)}`);
}

// The text with its runs of base64 replaced, from `least` characters on. Looked for from gap to gap: a pattern for the runs
// themselves would have to remember each of millions of characters.
function eachRun(text, least, change) {
  const gap = /[^A-Za-z0-9+/=]/g;
  const parts = [];
  for (let from = 0; from <= text.length;) {
    const found = gap.exec(text);
    const to = found ? found.index : text.length;
    const run = text.slice(from, to);
    parts.push(run.length >= least ? change(run) : run, found ? found[0] : "");
    from = to + 1;
  }
  return parts.join("");
}

function lengthen(shown, pieces) {
  if (pieces.length === 0) return shown;
  return shown.replace(MARK, (mark, number) => pieces[number - 1] ?? mark);
}
