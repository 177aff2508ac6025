'use strict';

const native = require('./cardseal.node');

/** What went wrong: the message says what happened and what to do. */
class CardsealError extends Error {
  constructor(message, kind, code, requestId, exitCode) {
    super(message);
    this.name = 'CardsealError';
    this.kind = kind;
    this.code = code;
    this.requestId = requestId;
    this.exitCode = exitCode;
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
  const text = (hex) => (hex === null ? undefined : Buffer.from(hex, 'hex').toString());
  const [message, kind, code, requestId, exitCode] = parts;
  return new CardsealError(text(message), text(kind), text(code), text(requestId), exitCode);
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

function sealed(opener) {
  return { body: opener.takeBody(), opener: new Opener(inside, opener) };
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

  get suite() {
    return this.#native.suite();
  }

  async seal(plain) {
    const checked = bytes(plain, 'plain');
    return later(async () => sealed(await this.#native.seal(checked)));
  }

  sealSync(plain) {
    const checked = bytes(plain, 'plain');
    return now(() => sealed(this.#native.sealSync(checked)));
  }
}

function sign({ scheme, request, secretId, secretKey, time, signedHeaders }) {
  const unix = time === undefined ? undefined : Math.floor(time instanceof Date ? time.getTime() / 1000 : Number(time));
  if (Number.isNaN(unix)) throw new TypeError('time must be a Date or Unix seconds');
  const checked = [text(scheme, 'scheme'), bytes(request, 'request'), text(secretId, 'secretId'), text(secretKey, 'secretKey')];
  return JSON.parse(now(() => native.sign(...checked, unix, signedHeaders?.join(';'))));
}

const OPTIONS = {
  cloud: 'cloud',
  url: 'url',
  side: 'side',
  endpoint: 'endpoint',
  region: 'region',
  secretId: 'secret_id',
  secretKey: 'secret_key',
  token: 'token',
  appKey: 'app_key',
  projectId: 'project_id',
};

async function recognize(options) {
  const asked = {};
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (name === 'image') asked.image = bytes(value, name).toString('base64');
    else if (name === 'key') asked.key = bytes(value, name).toString();
    else if (name === 'timeout') asked.deadline_ms = Math.max(1, Math.round(value));
    else if (OPTIONS[name]) asked[OPTIONS[name]] = text(value, name);
    else throw new TypeError(`there is no option ${name}`);
  }
  return JSON.parse(await later(() => native.recognize(JSON.stringify(asked))));
}

module.exports = { CardsealError, Opener, Recipient, recognize, sign };
