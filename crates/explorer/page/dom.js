// Elements, made of names and text. Nothing here takes markup, so that what a reply says cannot become any.
const $ = (id) => document.getElementById(id);

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "spoken") speak(element, value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

function drawn(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// A heading's words beside a button's, for those who hear one without the other.
function labelled(button, verb, what) {
  const label = () => button.setAttribute("aria-label", `${say(verb)}: ${say(what)}`);
  button.dataset.t = verb;
  button.textContent = say(verb);
  label();
  relabel.push(label);
  return button;
}
const relabel = [];

async function copy(text, said) {
  try {
    await navigator.clipboard.writeText(text);
    speak(said, () => say("copied"));
  } catch {
    speak(said, () => say("not-copied"));
  }
}

// Bytes as base64, a piece at a time: a call takes only so many arguments.
function toBase64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}

// The type of a picture by its first characters in base64; nothing where it is none.
function pictureType(base64) {
  if (typeof base64 !== "string" || base64.length < 64) return null;
  if (base64.startsWith("/9j/")) return "image/jpeg";
  if (base64.startsWith("iVBORw0KGgo")) return "image/png";
  if (base64.startsWith("Qk")) return "image/bmp";
  return null;
}

function pictureUrl(base64, type) {
  try {
    const text = atob(base64);
    const bytes = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
    return URL.createObjectURL(new Blob([bytes], { type }));
  } catch {
    return null;
  }
}
