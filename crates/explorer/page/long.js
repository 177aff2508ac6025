// Texts of millions of characters, as far as a field can bear them: what is too much of them is kept aside, and a mark stands
// for it. What is edited around a mark is kept; a mark that is deleted takes its piece with it.
const BEARABLE = 100000;
// Lines are dearer than what stands on them.
const LINES = 4000;

function shorten(text) {
  if (isBearable(text)) return { shown: text, pieces: [] };
  const pieces = [];
  // A mark that stands nowhere in the text: a reply may hold what looks like one.
  pieces.mark = "…⟨";
  while (text.includes(pieces.mark)) pieces.mark = `…⟨${Math.floor(Math.random() * 1e9)}/`;
  const aside = (piece) => {
    pieces.push(piece);
    return `${pieces.mark}${pieces.length}: ${piece.length}⟩…`;
  };
  // Long base64 first: what stands around it stays in sight.
  let shown = eachRun(text, 4096, (run) => run.slice(0, 64) + aside(run.slice(64, -64)) + run.slice(-64));
  if (!isBearable(shown)) {
    // Whatever it is made of, and from the whole text, so that no piece holds a mark.
    pieces.length = 0;
    const [from, to] = ends(text);
    shown = text.slice(0, from) + aside(text.slice(from, to)) + text.slice(to);
  }
  return { shown, pieces };
}

// A text to be read only: of long base64 its two ends, and so much of the whole as can be borne.
function cut(text) {
  const shown = eachRun(text, 600, (run) => `${run.slice(0, 48)}…(${run.length})…${run.slice(-48)}`);
  if (isBearable(shown)) return shown;
  const [from, to] = ends(shown);
  return `${shown.slice(0, from)}…(${to - from})…${shown.slice(to)}`;
}

function isBearable(text) {
  return text.length <= BEARABLE && fore(text) === text.length;
}

// Where so many lines from the front end, or the text.
function fore(text, most = LINES) {
  let at = 0;
  for (let line = 0; line < most; line += 1) {
    const next = text.indexOf("\n", at);
    if (next < 0) return text.length;
    at = next + 1;
  }
  return at;
}

// Where so many lines from the back begin.
function aft(text, most) {
  let at = text.length;
  for (let line = 0; line < most && at > 0; line += 1) at = text.lastIndexOf("\n", at - 1);
  return Math.max(at, 0);
}

// What stays of a text that is too much: up to the first place and from the second, half of what can be borne each.
function ends(text) {
  const from = Math.min(whole(text, BEARABLE / 2), fore(text, LINES / 2));
  const to = Math.max(whole(text, Math.max(text.length - BEARABLE / 2, 0)), aft(text, LINES / 2));
  return [Math.min(from, to), to];
}

// A place between characters: not within one that takes two places.
function whole(text, at) {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at + 1 : at;
}

// The text with its runs of base64 replaced, from `least` characters on. Looked for in leaps: where the last of so many
// characters is no base64, no run of so many begins before it.
function eachRun(text, least, change) {
  const isIn = (at) => {
    const code = text.charCodeAt(at);
    return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 43 || code === 47 || code === 61;
  };
  const parts = [];
  let [kept, from] = [0, 0];
  while (from + least <= text.length) {
    let gap = from + least - 1;
    while (gap >= from && isIn(gap)) gap -= 1;
    if (gap >= from) {
      from = gap + 1;
      continue;
    }
    let to = from + least;
    while (to < text.length && isIn(to)) to += 1;
    parts.push(text.slice(kept, from), change(text.slice(from, to)));
    kept = to;
    from = to;
  }
  parts.push(text.slice(kept));
  return parts.join("");
}

function lengthen(shown, pieces) {
  if (pieces.length === 0) return shown;
  const marks = new RegExp(`${pieces.mark}(\\d+): \\d+⟩…`, "g");
  return shown.replace(marks, (mark, number) => pieces[number - 1] ?? mark);
}
