// What a JavaScript program can rely on.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const util = require('node:util');
const v8 = require('node:v8');
const { Worker, isMainThread } = require('node:worker_threads');

const { CardsealError, Opener, Recipient, recognize, sign } = require('..');

const vectors = path.resolve(__dirname, '../../../vectors');
const file = (name) => fs.readFileSync(path.join(vectors, name));
const sm2 = file('keys/tencent-demo-sm2.b64');
const rsa = file('keys/tencent-demo-rsa.b64');
const is = (kind, exitCode) => (error) => {
  assert.ok(error instanceof CardsealError, String(error));
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

test('the key chooses the suite', () => {
  assert.equal(Recipient.parse(sm2).suite, 'SM4-GCM');
  assert.equal(Recipient.parse(new Uint8Array(rsa)).suite, 'AES-256-CBC');
  assert.throws(() => Recipient.parse(Buffer.from('no key')), is('key', 3));
  assert.throws(() => Recipient.parse(Buffer.alloc(0)), is('key', 3));
});

test('a body is sealed, and its answer opened once', async () => {
  for (const key of [sm2, rsa]) {
    const recipient = Recipient.parse(key);
    for (const { body, opener } of [await recipient.seal(Buffer.from('{"a":1}')), recipient.sealSync(Buffer.from('{}'))]) {
      assert.equal(JSON.parse(body).Encryption.Algorithm, recipient.suite);
      await assert.rejects(opener.open(Buffer.from('{}')), is('open', 8));
      await assert.rejects(opener.open(Buffer.from('{}')), is('input', 2));
      assert.throws(() => opener.openSync(Buffer.from('{}')), is('input', 2));
      assert.throws(() => opener.store(), is('input', 2));
    }
  }
});

test('bodies go into memory that is kept', async () => {
  const [recipient, into] = [Recipient.parse(sm2), Buffer.alloc(4096)];
  const plain = Buffer.from('{"a":1}');
  for (const { body } of [recipient.sealSync(plain, { into }), await recipient.seal(plain, { into: new Uint8Array(4096) })]) {
    assert.equal(JSON.parse(body).Encryption.Algorithm, 'SM4-GCM');
  }
  assert.equal(recipient.sealSync(plain, { into }).body.buffer, into.buffer);
  assert.throws(() => recipient.sealSync(plain, { into: Buffer.alloc(100) }), RangeError);
  await assert.rejects(recipient.seal(plain, { into: 'text' }), TypeError);
});

test("the guide's samples open", async () => {
  for (const name of ['sm4', 'aes']) {
    const { stored, reply, plain } = sample(name);
    assert.deepEqual(await Opener.restore(stored).open(reply), plain);
    assert.deepEqual(Opener.restore(stored).openSync(reply), plain);
  }
  assert.throws(() => Opener.restore(Buffer.from('{}')), is('input', 2));
});

test('an opener is taken by the first that asks', async () => {
  const { stored, reply, plain } = sample('sm4');
  const opener = Opener.restore(stored);
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => opener.open(reply)));
  const opened = outcomes.filter((outcome) => outcome.status === 'fulfilled');
  assert.equal(opened.length, 1);
  assert.deepEqual(opened[0].value, plain);
  outcomes.filter((outcome) => outcome.status === 'rejected').forEach((outcome) => is('input', 2)(outcome.reason));
});

test('an opener shows nothing and is not copied', () => {
  const { stored, key } = sample('sm4');
  const opener = Opener.restore(stored);
  const shown = [util.inspect(opener, { showHidden: true, depth: 9 }), JSON.stringify(opener), String(opener)];
  shown.push(v8.serialize(opener).toString('latin1'), util.inspect(structuredClone(opener)));
  for (const text of shown) assert.ok(!text.includes(key), text);
  assert.throws(() => Object.create(Opener.prototype).store(), TypeError);
  assert.throws(() => new Opener(), TypeError);
  assert.throws(() => new Recipient(), TypeError);
  assert.deepEqual(JSON.parse(opener.store()), JSON.parse(stored));
});

test("the service's no has its code and its request's id", async () => {
  const no = '{"Response":{"Error":{"Code":"FailedOperation.ImageBlur","Message":"m"},"RequestId":"r-1"}}';
  const { opener } = Recipient.parse(sm2).sealSync(Buffer.alloc(0));
  await assert.rejects(opener.open(Buffer.from(no)), (error) => {
    is('service', 7)(error);
    assert.deepEqual([error.code, error.requestId], ['FailedOperation.ImageBlur', 'r-1']);
    return true;
  });
});

// A card whose end is missing, under the right tag.
const cut = `{"Name":"张三","Sex":"男","Nation":"汉","Birth":"1990/3/7","Address":"某省某市某路1号","IdNum":"99010119900307123X","Authority":"","ValidDate":"","AdvancedInfo":"{}"`;

test('what an answer opened to is handed over, and shown by nothing', async () => {
  const { stored, reply } = scenario('sm4-json-cut');
  const errors = [await Opener.restore(stored).open(reply).catch((error) => error)];
  try {
    Opener.restore(stored).openSync(reply);
  } catch (error) {
    errors.push(error);
  }
  assert.equal(errors.length, 2);
  for (const error of errors) {
    is('protocol', 8)(error);
    assert.ok(Buffer.isBuffer(error.openedText));
    assert.equal(error.openedText.toString(), cut);
    const wrapped = new Error('wrapped', { cause: error });
    const all = (value) => util.inspect(value, { showHidden: true, depth: 9, getters: true, maxArrayLength: null });
    const own = Object.fromEntries(Reflect.ownKeys(error).map((name) => [name, error[name]]));
    const shown = [
      all(error), all(wrapped), all(new AggregateError([error])), all(own), all({ ...error }), all(Object.assign({}, error)),
      all(structuredClone(error)), JSON.stringify(error), JSON.stringify(error, Object.getOwnPropertyNames(error)),
      JSON.stringify(own), String(error), error.stack, error.message, util.format('%o %O %j %s', error, error, error, error),
      v8.serialize(error).toString('latin1'), v8.serialize(error).toString('hex'),
    ];
    const number = Buffer.from('99010119900307123X');
    const forms = [number.toString(), number.toString('hex'), number.toString('base64').slice(0, 20), [...number].join(','),
      number.toString('hex').match(/../g).join(' ')];
    for (const text of shown) for (const form of forms) assert.ok(!text.includes(form), text);
  }
  const none = await Opener.restore(stored).open(Buffer.from('{}')).catch((error) => error);
  assert.equal(none.openedText, undefined);
  assert.throws(() => { errors[0].openedText = Buffer.alloc(0); }, TypeError);
});

test('text is not taken for bytes, nor anything else', async () => {
  const recipient = Recipient.parse(sm2);
  const { opener } = recipient.sealSync(Buffer.from('{}'));
  for (const wrong of ['text', null, undefined, 1, [1], {}, new ArrayBuffer(3)]) {
    assert.throws(() => Recipient.parse(wrong), TypeError);
    assert.throws(() => recipient.sealSync(wrong), TypeError);
    await assert.rejects(recipient.seal(wrong), TypeError);
    await assert.rejects(opener.open(wrong), TypeError);
  }
  // The wrong argument was refused before the opener was touched.
  await assert.rejects(opener.open(Buffer.from('{}')), is('open', 8));
});

test('the published signature', () => {
  const folder = 'sign/tc3-hmac-sha256/t1-documentation-2019';
  const example = {
    scheme: 'tc3-hmac-sha256',
    request: file(`${folder}/request.txt`),
    secretId: 'AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE',
    secretKey: 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE',
    signedHeaders: ['content-type', 'host'],
  };
  for (const time of [1551113065, new Date(1551113065000)]) {
    const signed = sign({ ...example, time });
    for (const stage of ['canonical_request', 'string_to_sign', 'signature']) {
      assert.equal(signed[stage], file(`${folder}/${stage.replaceAll('_', '-')}.txt`).toString());
    }
  }
  const stamp = Number(sign({ ...example, signedHeaders: undefined }).headers['x-tc-timestamp']);
  assert.ok(Math.abs(stamp - Date.now() / 1000) < 60);
  assert.throws(() => sign({ ...example, scheme: 'rot13' }), is('input', 2));
  assert.throws(() => sign({ ...example, secretId: '' }), is('credential', 4));
  assert.throws(() => sign({ ...example, time: -1 }), is('input', 2));
  for (const time of [new Date(NaN), NaN, Infinity, -Infinity, 1e300, 'soon', null]) assert.throws(() => sign({ ...example, time }), TypeError);
  assert.throws(() => sign({ ...example, secretKey: undefined }), TypeError);
});

test('what is wrong with a call is told before anything is sent', async () => {
  const url = 'https://h.example/a';
  for (const [options, ...error] of [
    [{ cloud: 'nowhere' }, 'input', 2],
    [{ cloud: 'tencent', url }, 'input', 2],
    [{ cloud: 'tencent', key: sm2 }, 'input', 2],
    [{ cloud: 'tencent', key: sm2, url, image: Buffer.from('BM') }, 'input', 2],
    [{ cloud: 'tencent', key: Buffer.from('x'), url }, 'key', 3],
    [{ cloud: 'tencent', key: sm2, url, endpoint: 'http://127.0.0.1:1', secretId: 'i', secretKey: 'k', timeout: 2000 },
      'transport', 5],
  ]) {
    await assert.rejects(recognize(options), is(...error));
  }
  await assert.rejects(recognize({ cloud: 'tencent', imgae: 1 }), TypeError);
  await assert.rejects(recognize({ cloud: 'tencent', image: 'text' }), TypeError);
  for (const timeout of [NaN, Infinity, 'soon', {}, null]) await assert.rejects(recognize({ cloud: 'tencent', url, timeout }), TypeError);
});

test('bytes that change while they are sealed do no harm, nor does the collector', async () => {
  const recipient = Recipient.parse(rsa);
  const jobs = [];
  for (let round = 0; round < 20; round++) {
    const plain = Buffer.alloc(200_000, 1);
    jobs.push(recipient.seal(plain));
    plain.fill(2);
    globalThis.gc();
  }
  assert.equal((await Promise.all(jobs)).length, 20);
});

test('the module serves worker threads, and outlives them', async () => {
  assert.ok(isMainThread);
  const program = `
    const { Recipient } = require(${JSON.stringify(path.resolve(__dirname, '..'))});
    const recipient = Recipient.parse(Buffer.from(${JSON.stringify(sm2.toString())}));
    recipient.seal(Buffer.from('{}')).then(({ body }) => require('node:worker_threads').parentPort.postMessage(body.length));`;
  const lengths = await Promise.all([1, 2, 3].map(() => new Promise((resolve, reject) => {
    const worker = new Worker(program, { eval: true });
    worker.on('message', resolve);
    worker.on('error', reject);
  })));
  assert.ok(lengths.every((length) => length > 200), lengths);
  assert.equal(Recipient.parse(sm2).suite, 'SM4-GCM');
});
