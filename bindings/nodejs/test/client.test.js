// What a JavaScript program can rely on of clients: kept connections, the collector, worker threads, pictures made to fit.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const test = require('node:test');
const util = require('node:util');
const { Worker } = require('node:worker_threads');

const { CardsealError, Client, Credentials, Recipient, prepare } = require('..');

const root = path.resolve(__dirname, '../../..');
const sm2 = fs.readFileSync(path.join(root, 'vectors/keys/tencent-demo-sm2.b64'));
const photo = fs.readFileSync(path.join(root, 'crates/prepare/tests/images/phone.jpg'));
const url = 'https://h.example/card.jpg';
const is = (kind, exitCode) => (error) => {
  assert.ok(error instanceof CardsealError, String(error));
  assert.deepEqual([error.kind, error.exitCode], [kind, exitCode]);
  return true;
};

/** Says no to every request, keeps connections open, and counts them. */
async function service(t) {
  const no = '{"Response":{"Error":{"Code":"FailedOperation.ImageBlur","Message":"m"},"RequestId":"r-1"}}';
  const counted = { connections: 0, requests: 0 };
  const server = http.createServer((request, response) => {
    counted.requests += 1;
    request.resume().on('end', () => response.setHeader('Content-Type', 'application/json').end(no));
  });
  server.on('connection', () => { counted.connections += 1; });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => { server.close(); server.closeAllConnections(); });
  counted.url = `http://127.0.0.1:${server.address().port}`;
  counted.client = () => new Client({
    cloud: 'tencent', endpoint: counted.url, credentials: new Credentials({ secretId: 'id', secretKey: 'key' }),
  });
  return counted;
}

test('connections are kept between calls', async (t) => {
  const there = await service(t);
  const [client, recipient] = [there.client(), Recipient.parse(sm2)];
  for (let round = 0; round < 5; round++) {
    await assert.rejects(client.recognize(recipient, { url }), (error) => {
      is('service', 7)(error);
      assert.deepEqual([error.code, error.requestId], ['FailedOperation.ImageBlur', 'r-1']);
      return true;
    });
  }
  assert.deepEqual([there.requests, there.connections], [5, 1]);
});

test('the collector takes nothing from under a running call', async (t) => {
  const there = await service(t);
  const running = [];
  for (let round = 0; round < 10; round++) {
    running.push(assert.rejects(there.client().recognize(Recipient.parse(sm2), { image: Buffer.from(photo) }), is('service', 7)));
    globalThis.gc();
  }
  await Promise.all(running);
  assert.equal(there.requests, 10);
});

test('a worker thread that ends in the middle of a call harms nobody', async (t) => {
  const there = await service(t);
  const program = `
    const { Client, Credentials, Recipient } = require(${JSON.stringify(path.resolve(__dirname, '..'))});
    const credentials = new Credentials({ secretId: 'id', secretKey: 'key' });
    const client = new Client({ cloud: 'tencent', endpoint: ${JSON.stringify(there.url)}, credentials });
    client.recognize(Recipient.parse(Buffer.from(${JSON.stringify(sm2.toString())})), { url: ${JSON.stringify(url)} }).catch(() => {});
    process.exit(3);`;
  const codes = await Promise.all([1, 2, 3].map(() => new Promise((resolve, reject) => {
    new Worker(program, { eval: true }).on('exit', resolve).on('error', reject);
  })));
  assert.deepEqual(codes, [3, 3, 3]);
  await assert.rejects(there.client().recognize(Recipient.parse(sm2), { url }), is('service', 7));
});

test('an exception inside a callback goes to its own promise', async (t) => {
  const there = await service(t);
  const [client, recipient] = [there.client(), Recipient.parse(sm2)];
  const mine = new Error('mine');
  await assert.rejects(client.recognize(recipient, { url }).catch(() => { throw mine; }), mine);
  await assert.rejects(client.recognize(recipient, { url }), is('service', 7));
});

test('what is wrong is told before anything is sent', async (t) => {
  const there = await service(t);
  const [client, recipient] = [there.client(), Recipient.parse(sm2)];
  assert.throws(() => new Client({ cloud: 'nowhere' }), is('input', 2));
  assert.throws(() => new Client({ cloud: 'huawei' }), is('input', 2));
  assert.throws(() => new Client({ cloud: 'tencent', secretKey: 'k' }), TypeError);
  assert.throws(() => new Client({ cloud: 'tencent', credentials: {} }), TypeError);
  assert.throws(() => new Credentials({ secretId: '', secretKey: 'k' }), is('credential', 4));
  assert.throws(() => new Credentials({ secretId: 'i' }), TypeError);
  assert.throws(() => Credentials.ofEnvironment('nowhere'), is('input', 2));
  await assert.rejects(client.recognize(sm2, { url }), TypeError);
  await assert.rejects(client.recognize(recipient, { image: 'text' }), TypeError);
  await assert.rejects(client.recognize(recipient, { image: photo, url }), TypeError);
  await assert.rejects(client.recognize(recipient, { imgae: photo }), TypeError);
  await assert.rejects(client.recognize(recipient, {}), is('input', 2));
  await assert.rejects(client.recognize(undefined, { url }), is('input', 2));
  await assert.rejects(client.recognize(recipient, { url, side: 'top' }), is('input', 2));
  assert.equal(there.requests, 0);
});

test('credentials show nothing', () => {
  const credentials = new Credentials({ secretId: 'id', secretKey: 'hunter2', token: 'hunter2' });
  const client = new Client({ cloud: 'tencent', credentials });
  for (const one of [credentials, client]) {
    const shown = [util.inspect(one, { showHidden: true, depth: 9 }), JSON.stringify(one), String(one)];
    for (const text of shown) assert.ok(!text.includes('hunter2'), text);
  }
});

test('a picture is made to fit', async () => {
  const { image, report } = await prepare(photo, { quality: 60 });
  assert.deepEqual([report.input.bytes, report.output.bytes, report.changed], [photo.length, image.length, true]);
  const again = await prepare(new Uint8Array(image));
  assert.deepEqual([again.image.equals(image), again.report.changed], [true, false]);
  for (const wrong of [Buffer.alloc(0), Buffer.from('text'), photo.subarray(0, photo.length / 2)]) {
    await assert.rejects(prepare(wrong), is('input', 2));
  }
  await assert.rejects(prepare(photo, { quality: 0 }), is('input', 2));
  await assert.rejects(prepare('text'), TypeError);
  await assert.rejects(prepare(photo, { quality: '60' }), TypeError);
  await assert.rejects(prepare(photo, { colour: 1 }), TypeError);
});
