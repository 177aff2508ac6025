// What a JavaScript program can rely on of the WebAssembly module.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const util = require('node:util');
const v8 = require('node:v8');
const { Worker } = require('node:worker_threads');

const built = path.resolve(process.env.CARDSEAL_WASM, 'nodejs/cardseal.js');
const { Opener, Recipient, sign } = require(built);

const vectors = path.resolve(__dirname, '../../../vectors');
const file = (name) => fs.readFileSync(path.join(vectors, name));
const sm2 = file('keys/tencent-demo-sm2.b64');
const rsa = file('keys/tencent-demo-rsa.b64');
const is = (kind, exitCode) => (error) => {
  assert.equal(error.name, 'CardsealError', String(error));
  assert.deepEqual([error.kind, error.exitCode], [kind, exitCode]);
  return true;
};

function sample(name) {
  return scenario(`${name}-opens-guide-sample`);
}

function scenario(name) {
  const whole = file(`scenarios/open/${name}.txt`).toString();
  const end = whole.indexOf('\n\n');
  const headers = Object.fromEntries(whole.slice(0, end).split('\n').map((line) => line.split(': ')));
  const base64 = (hex) => Buffer.from(hex, 'hex').toString('base64');
  const stored = { Algorithm: headers.algorithm, Key: base64(headers.key), Iv: base64(headers.iv) };
  return {
    key: stored.Key,
    stored: Buffer.from(JSON.stringify(stored)),
    reply: Buffer.from(whole.slice(end + 2)),
    plain: headers.plaintext && Buffer.from(headers.plaintext, 'base64'),
  };
}

test('both modules have their types', () => {
  for (const name of ['nodejs', 'web']) {
    const types = fs.readFileSync(path.resolve(process.env.CARDSEAL_WASM, name, 'cardseal.d.ts'), 'utf8');
    for (const text of ['static parse(key: Uint8Array): Recipient', 'open(reply: Uint8Array): Uint8Array', 'function sign(']) {
      assert.ok(types.includes(text), `${name}: ${text}`);
    }
  }
});

test('the key chooses the suite', () => {
  assert.equal(Recipient.parse(sm2).suite, 'SM4-GCM');
  assert.equal(Recipient.parse(new Uint8Array(rsa)).suite, 'AES-256-CBC');
  assert.throws(() => Recipient.parse(Buffer.from('no key')), is('key', 3));
  assert.throws(() => Recipient.parse(new Uint8Array()), is('key', 3));
});

test('a body is sealed with fresh randomness, and its answer opened once', () => {
  for (const key of [sm2, rsa]) {
    const recipient = Recipient.parse(key);
    const bodies = new Set();
    for (let round = 0; round < 20; round++) {
      const sealed = recipient.seal(Buffer.from('{"a":1}'));
      const body = JSON.parse(Buffer.from(sealed.body));
      assert.equal(body.Encryption.Algorithm, recipient.suite);
      bodies.add(body.Encryption.Iv).add(body.Encryption.CiphertextBlob).add(body.EncryptedBody);
      const opener = sealed.takeOpener();
      assert.throws(() => sealed.takeOpener(), is('input', 2));
      assert.throws(() => opener.open(Buffer.from('{}')), is('open', 8));
      assert.throws(() => opener.open(Buffer.from('{}')), is('input', 2));
      assert.throws(() => opener.store(), is('input', 2));
    }
    assert.equal(bodies.size, 60);
  }
});

test("the guide's samples open", () => {
  for (const name of ['sm4', 'aes']) {
    const { stored, reply, plain } = sample(name);
    assert.deepEqual(Buffer.from(Opener.restore(stored).open(reply)), plain);
  }
  assert.throws(() => Opener.restore(Buffer.from('{}')), is('input', 2));
});

test("the service's no has its code and its request's id", () => {
  const no = '{"Response":{"Error":{"Code":"FailedOperation.ImageBlur","Message":"m"},"RequestId":"r-1"}}';
  const opener = Recipient.parse(sm2).seal(new Uint8Array()).takeOpener();
  assert.throws(() => opener.open(Buffer.from(no)), (error) => {
    is('service', 7)(error);
    assert.deepEqual([error.code, error.requestId], ['FailedOperation.ImageBlur', 'r-1']);
    return true;
  });
});

// A card whose end is missing, under the right tag.
const cut = `{"Name":"张三","Sex":"男","Nation":"汉","Birth":"1990/3/7","Address":"某省某市某路1号","IdNum":"99010119900307123X","Authority":"","ValidDate":"","AdvancedInfo":"{}"`;

test('what an answer opened to is handed over, and shown by nothing', () => {
  const { stored, reply } = scenario('sm4-json-cut');
  let error;
  assert.throws(() => Opener.restore(stored).open(reply), (thrown) => is('protocol', 8)(error = thrown));
  assert.ok(error.openedText instanceof Uint8Array);
  assert.equal(Buffer.from(error.openedText).toString(), cut);
  const wrapped = new Error('wrapped', { cause: error });
  const shown = [
    ...[error, wrapped, { ...error }, Object.assign({}, error), structuredClone(error)].map((it) => util.inspect(it, { depth: 9 })),
    JSON.stringify(error), JSON.stringify(error, Object.getOwnPropertyNames(error)), String(error), error.stack, error.message,
    util.format('%o %O %j %s', error, error, error, error), v8.serialize(error).toString('latin1'),
    v8.serialize(error).toString('hex'),
  ];
  const number = Buffer.from('99010119900307123X');
  const forms = [number.toString(), number.toString('hex'), [...number].join(','), [...number].join(', ')];
  for (const text of shown) for (const form of forms) assert.ok(!text.includes(form), text);
  assert.throws(() => Opener.restore(stored).open(Buffer.from('{}')), (none) => none.openedText === undefined);
});

test('text is not taken for bytes, nor anything else', () => {
  const recipient = Recipient.parse(sm2);
  const opener = recipient.seal(Buffer.from('{}')).takeOpener();
  for (const wrong of ['text', null, undefined, 1, [1], {}, new ArrayBuffer(3), new Uint16Array(2)]) {
    assert.throws(() => Recipient.parse(wrong), TypeError);
    assert.throws(() => recipient.seal(wrong), TypeError);
    assert.throws(() => opener.open(wrong), TypeError);
    assert.throws(() => Opener.restore(wrong), TypeError);
  }
  // The wrong argument was refused before the opener was touched.
  assert.throws(() => opener.open(Buffer.from('{}')), is('open', 8));
});

test('what was freed is an error', () => {
  const recipient = Recipient.parse(sm2);
  const opener = recipient.seal(Buffer.from('{}')).takeOpener();
  opener.free();
  recipient.free();
  assert.throws(() => opener.open(Buffer.from('{}')), Error);
  assert.throws(() => recipient.seal(Buffer.from('{}')), Error);
  assert.equal(Recipient.parse(sm2).suite, 'SM4-GCM');
});

test('an opener shows nothing', () => {
  const { stored, key } = sample('sm4');
  const opener = Opener.restore(stored);
  const shown = [require('node:util').inspect(opener, { showHidden: true, depth: 9 }), JSON.stringify(opener), String(opener)];
  for (const text of shown) assert.ok(!text.includes(key), text);
  assert.deepEqual(JSON.parse(Buffer.from(opener.store())), JSON.parse(stored));
});

test('the published signature', () => {
  const folder = 'sign/tc3-hmac-sha256/t1-documentation-2019';
  const example = (scheme, id, time) => sign(
    scheme, file(`${folder}/request.txt`), id, 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE', time, ['content-type', 'host'],
  );
  const id = 'AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE';
  const signed = JSON.parse(example('tc3-hmac-sha256', id, 1551113065));
  for (const stage of ['canonical_request', 'string_to_sign', 'signature']) {
    assert.equal(signed[stage], file(`${folder}/${stage.replaceAll('_', '-')}.txt`).toString());
  }
  const now = JSON.parse(sign('tc3-hmac-sha256', file(`${folder}/request.txt`), id, 'key')).headers['x-tc-timestamp'];
  assert.ok(Number(now) > 1_700_000_000);
  assert.throws(() => example('rot13', id, 1), is('input', 2));
  assert.throws(() => example('tc3-hmac-sha256', '', 1), is('credential', 4));
  for (const wrong of [-1, NaN, Infinity]) assert.throws(() => example('tc3-hmac-sha256', id, wrong), is('input', 2));
});

test('every worker thread has a module of its own', async () => {
  const program = `
    const { Recipient } = require(${JSON.stringify(built)});
    const { body } = Recipient.parse(Buffer.from(${JSON.stringify(sm2.toString())})).seal(Buffer.from('{}'));
    require('node:worker_threads').parentPort.postMessage(body.length);`;
  const lengths = await Promise.all([1, 2, 3].map(() => new Promise((resolve, reject) => {
    new Worker(program, { eval: true }).on('message', resolve).on('error', reject);
  })));
  assert.ok(lengths.every((length) => length > 200), String(lengths));
});
