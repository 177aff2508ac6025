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
    if (!check) return either(message);
    // Said once, where the sentence begins so itself.
    const [by, said] = [say(`check-${check}`), either(message)];
    return said.startsWith(by) ? said : say("refused-by", by, said);
  }
}

function inBoth(key, ...values) {
  const [en, zh] = WORDS[key].map((words) => words.replace(/\{(\d)\}/g, (all, at) => String(values[at])));
  return new Refused({ message: { en, zh } });
}

// Whether this is still the server that made the page: anybody may take its port once it has ended, and would be sent a card.
// It proves itself by a key that the page has and that nobody is sent.
async function prove() {
  const nonce = hex(crypto.getRandomValues(new Uint8Array(32)));
  let answer = {};
  try {
    answer = JSON.parse(await (await post("hello", JSON.stringify({ nonce }))).text());
  } catch (error) {
    if (error instanceof Refused) throw error;
  }
  const text = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", text.encode(document.body.dataset.proof), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const proof = hex(new Uint8Array(await crypto.subtle.sign("HMAC", key, text.encode(nonce))));
  if (!answer || answer.proof !== proof) throw inBoth("impostor");
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

async function post(path, body) {
  try {
    return await fetch(`/api/${path}`, {
      method: "POST",
      headers: { "X-Cardseal-Token": TOKEN },
      body,
      cache: "no-store",
      referrerPolicy: "no-referrer",
    });
  } catch {
    throw inBoth("no-server");
  }
}

async function ask(path, body) {
  await prove();
  const response = await post(path, body instanceof Uint8Array ? body : JSON.stringify(body));
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
