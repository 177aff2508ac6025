// The Node.js side of bindings/conformance: a question a line on stdin, an answer a line on stdout.
'use strict';

const readline = require('node:readline');

const { CardsealError, Client, Credentials, Opener, Recipient, prepare, recognize, sign } = require('..');

main();

async function main() {
  let held;
  const text = (field) => field?.toString();
  const answers = {
    parse: (key) => [Recipient.parse(key).suite],
    seal: async (key, plain) => {
      const { body, opener } = await Recipient.parse(key).seal(plain);
      return [body, opener.store()];
    },
    hold: async (key, plain) => {
      const { body, opener } = await Recipient.parse(key).seal(plain);
      held = opener;
      return [body];
    },
    answer: async (reply) => [await held.open(reply)],
    open: async (stored, reply) => [await Opener.restore(stored).open(reply)],
    restore: (stored) => [Opener.restore(stored).store()],
    sign: (scheme, request, secretId, secretKey, time, names) => [JSON.stringify(sign({
      scheme: text(scheme), request, secretId: text(secretId), secretKey: text(secretKey), time: Number(text(time)),
      signedHeaders: text(names)?.split(';'),
    }))],
    recognize: async (cloud, endpoint, region, side, key, url, image, secretId, secretKey) => [JSON.stringify(await recognize({
      cloud: text(cloud), endpoint: text(endpoint), region: text(region), side: text(side), key, url: text(url), image,
      secretId: text(secretId), secretKey: text(secretKey),
    }))],
    client: async (endpoint, side, key, url, image, secretId, secretKey) => {
      const credentials = new Credentials({ secretId: text(secretId), secretKey: text(secretKey) });
      const client = new Client({ cloud: 'tencent', endpoint: text(endpoint), credentials });
      const recipient = Recipient.parse(key);
      const card = { url: text(url), image, side: text(side) };
      return [await client.recognize(recipient, card), await client.recognize(recipient, card)].map((found) => JSON.stringify(found));
    },
    spin: (key, size, count) => {
      const [recipient, plain] = [Recipient.parse(key), Buffer.alloc(Number(text(size)), 'x')];
      for (let round = Number(text(count)); round > 0; round--) recipient.sealSync(plain);
      return [];
    },
    'spin into': (key, size, count) => {
      const [recipient, plain] = [Recipient.parse(key), Buffer.alloc(Number(text(size)), 'x')];
      const into = Buffer.alloc(Math.ceil(plain.length / 3) * 4 + 1024);
      for (let round = Number(text(count)); round > 0; round--) recipient.sealSync(plain, { into });
      return [];
    },
    prepare: async (picture) => {
      const { image, report } = await prepare(picture, { quality: 60 });
      return [image, JSON.stringify(report)];
    },
  };
  for await (const line of readline.createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    const [verb, ...fields] = line.split('\t').map((word) => (word === '-' ? undefined : Buffer.from(word.slice(1), 'hex')));
    let words;
    try {
      words = ['ok', ...(await answers[verb.toString()](...fields))];
    } catch (error) {
      if (!(error instanceof CardsealError)) throw error;
      words = ['error', Buffer.from([error.exitCode]), error.kind, error.code, error.requestId, error.message, error.openedText];
    }
    const [first, ...rest] = words;
    const shown = rest.map((word) => (word === undefined ? '-' : `=${Buffer.from(word).toString('hex')}`));
    process.stdout.write(`${[first, ...shown].join('\t')}\n`);
  }
}
