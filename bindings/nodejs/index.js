'use strict';

const native = require('./cardseal.node');

/** What went wrong: the message says what happened and what to do. */
class CardsealError extends Error {
  // Personal data: no property of the error's own, so that nothing that shows, copies or sends an error has it.
  #openedText;

  constructor(message, kind, code, requestId, exitCode, openedText) {
    super(message);
    this.name = 'CardsealError';
    this.kind = kind;
    this.code = code;
    this.requestId = requestId;
    this.exitCode = exitCode;
    this.#openedText = openedText;
  }

  get openedText() {
    return this.#openedText;
  }
}

/** The error of the native side as its users see it. */
function told(error) {
  let parts;
  try {
    parts = JSON.parse(error.message);
  } catch {
    return error;
  }
  const bytes = (hex) => (hex === null ? undefined : Buffer.from(hex, 'hex'));
  const text = (hex) => bytes(hex)?.toString();
  const [message, kind, code, requestId, exitCode, openedText] = parts;
  return new CardsealError(text(message), text(kind), text(code), text(requestId), exitCode, bytes(openedText));
}

function now(call) {
  try {
    return call();
  } catch (error) {
    throw told(error);
  }
}

async function later(call) {
  try {
    return await call();
  } catch (error) {
    throw told(error);
  }
}

/** Bytes, and no text: its encoding would have to be guessed. */
function bytes(value, name) {
  if (!(value instanceof Uint8Array)) throw new TypeError(`${name} must be a Buffer or a Uint8Array`);
  return Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

function text(value, name) {
  if (typeof value !== 'string') throw new TypeError(`${name} must be a string`);
  return value;
}

const inside = Symbol('made by this module');

class Opener {
  #native;

  constructor(token, opener) {
    if (token !== inside) throw new TypeError('an Opener comes from seal() or restore()');
    this.#native = opener;
  }

  async open(reply) {
    const checked = bytes(reply, 'reply');
    return later(() => this.#native.open(checked));
  }

  openSync(reply) {
    const checked = bytes(reply, 'reply');
    return now(() => this.#native.openSync(checked));
  }

  store() {
    return now(() => this.#native.store());
  }

  static restore(stored) {
    const checked = bytes(stored, 'stored');
    return new Opener(inside, now(() => native.restore(checked)));
  }

  toJSON() {
    return 'cardseal.Opener';
  }
}

function sealed(opener, into) {
  if (into === undefined) return { body: opener.takeBody(), opener: new Opener(inside, opener) };
  const length = opener.takeBodyInto(into);
  if (length > into.length) throw new RangeError(`the body takes ${length} bytes, and there is room for ${into.length}`);
  return { body: into.subarray(0, length), opener: new Opener(inside, opener) };
}

class Recipient {
  #native;

  constructor(token, recipient) {
    if (token !== inside) throw new TypeError('a Recipient comes from Recipient.parse()');
    this.#native = recipient;
  }

  static parse(key) {
    const checked = bytes(key, 'key');
    return new Recipient(inside, now(() => native.parse(checked)));
  }

  static native(recipient) {
    if (recipient === undefined || recipient === null) return undefined;
    if (!(recipient instanceof Recipient)) throw new TypeError('recipient must be a Recipient');
    return recipient.#native;
  }

  get suite() {
    return this.#native.suite();
  }

  async seal(plain, { into } = {}) {
    const [checked, room] = [bytes(plain, 'plain'), into && bytes(into, 'into')];
    return later(async () => sealed(await this.#native.seal(checked), room));
  }

  sealSync(plain, { into } = {}) {
    const [checked, room] = [bytes(plain, 'plain'), into && bytes(into, 'into')];
    return now(() => sealed(this.#native.sealSync(checked), room));
  }
}

// Only for this module: what is native stays inside.
const nativeRecipient = Recipient.native;
delete Recipient.native;

function sign({ scheme, request, secretId, secretKey, time, signedHeaders }) {
  const unix = time === undefined ? undefined : Math.floor(time instanceof Date ? time.getTime() / 1000 : Number(time ?? NaN));
  if (unix !== undefined && !Number.isSafeInteger(unix)) throw new TypeError('time must be a Date or Unix seconds');
  const checked = [text(scheme, 'scheme'), bytes(request, 'request'), text(secretId, 'secretId'), text(secretKey, 'secretKey')];
  return JSON.parse(now(() => native.sign(...checked, unix, signedHeaders?.join(';'))));
}

const OF_CLIENT = {
  cloud: 'cloud',
  endpoint: 'endpoint',
  region: 'region',
  projectId: 'project_id',
};

const OF_CALL = {
  ...OF_CLIENT,
  url: 'url',
  side: 'side',
  secretId: 'secret_id',
  secretKey: 'secret_key',
  token: 'token',
  appKey: 'app_key',
};

/** A whole number of them, and at least one. What is no number would be no limit in JSON. */
function milliseconds(value) {
  if (!Number.isFinite(value)) throw new TypeError('timeout must be a number of milliseconds');
  return Math.min(Math.max(1, Math.round(value)), Number.MAX_SAFE_INTEGER);
}

/** Options as the native side reads them. What is no option of these is an error and not ignored. */
function asked(options, names, others = {}) {
  const found = {};
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (others[name]) others[name](found, value);
    else if (name === 'timeout') found.deadline_ms = milliseconds(value);
    else if (Object.hasOwn(names, name)) found[names[name]] = text(value, name);
    else throw new TypeError(`there is no option ${name}`);
  }
  return JSON.stringify(found);
}

async function recognize(options) {
  const json = asked(options, OF_CALL, {
    image: (found, value) => { found.image = bytes(value, 'image').toString('base64'); },
    key: (found, value) => { found.key = bytes(value, 'key').toString(); },
  });
  return JSON.parse(await later(() => native.recognize(json)));
}

const optional = (value, name) => (value === undefined ? undefined : text(value, name));

class Credentials {
  #native;

  constructor({ secretId, secretKey, token, appKey } = {}, found) {
    if (found?.token === inside) {
      this.#native = found.native;
      return;
    }
    const checked = [text(secretId, 'secretId'), text(secretKey, 'secretKey'), optional(token, 'token'), optional(appKey, 'appKey')];
    this.#native = now(() => native.credentials(...checked));
  }

  static ofEnvironment(cloud) {
    const checked = text(cloud, 'cloud');
    return new Credentials({}, { token: inside, native: now(() => native.credentialsOfEnvironment(checked)) });
  }

  static native(credentials) {
    if (credentials === undefined) return undefined;
    if (!(credentials instanceof Credentials)) throw new TypeError('credentials must be Credentials');
    return credentials.#native;
  }

  toJSON() {
    return 'cardseal.Credentials';
  }
}
// As with recipients.
const nativeCredentials = Credentials.native;
delete Credentials.native;

class Client {
  #native;

  constructor({ credentials, ...options } = {}) {
    const [json, given] = [asked(options, OF_CLIENT), nativeCredentials(credentials)];
    this.#native = now(() => native.client(json, given));
  }

  async recognize(recipient, { image, url, side, ...others } = {}) {
    for (const name of Object.keys(others)) throw new TypeError(`there is no option ${name}`);
    if (image !== undefined && url !== undefined) throw new TypeError('give image or url, not both');
    const checked = [
      nativeRecipient(recipient), image === undefined ? undefined : bytes(image, 'image'), optional(url, 'url'), optional(side, 'side'),
    ];
    return JSON.parse(await later(() => this.#native.recognize(...checked)));
  }

  toJSON() {
    return 'cardseal.Client';
  }
}

const LIMITS = { maxBytes: 'max_bytes', maxSide: 'max_side', quality: 'quality' };

async function prepare(image, limits = {}) {
  const checked = bytes(image, 'image');
  const json = {};
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(LIMITS, name)) throw new TypeError(`there is no limit ${name}`);
    if (value === undefined) continue;
    if (!Number.isSafeInteger(value)) throw new TypeError(`${name} must be a whole number`);
    json[LIMITS[name]] = value;
  }
  const [made, report] = await later(() => native.prepare(checked, JSON.stringify(json)));
  return { image: made, report: JSON.parse(report) };
}

module.exports = { CardsealError, Client, Credentials, Opener, Recipient, prepare, recognize, sign };
