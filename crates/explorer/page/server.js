// Asks the explorer. Every request brings the token that the page was opened with.
const TOKEN = new URLSearchParams(location.search).get("token") || "";

class Refused extends Error {
  constructor(refused) {
    super(refused.message.en);
    this.refused = refused;
  }

  // In the page's language.
  get words() {
    const { check, message } = this.refused;
    return check ? say("refused-by", say(`check-${check}`), either(message)) : either(message);
  }
}

function inBoth(key, ...values) {
  const [en, zh] = WORDS[key].map((words) => words.replace(/\{(\d)\}/g, (all, at) => String(values[at])));
  return new Refused({ message: { en, zh } });
}

async function ask(path, body) {
  let response;
  try {
    response = await fetch(`/api/${path}`, {
      method: "POST",
      headers: { "X-Cardseal-Token": TOKEN },
      body: body instanceof Uint8Array ? body : JSON.stringify(body),
      cache: "no-store",
      referrerPolicy: "no-referrer",
    });
  } catch {
    throw inBoth("no-server");
  }
  const text = await response.text();
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    throw inBoth("not-understood", response.status, text.slice(0, 200));
  }
  if (answer && answer.refused && (answer.status === undefined)) throw new Refused(answer.refused);
  return answer;
}
