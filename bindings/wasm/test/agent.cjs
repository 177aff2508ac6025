// The WebAssembly side of bindings/conformance: a question a line on stdin, an answer a line on stdout.
'use strict';

const readline = require('node:readline');

const { Opener, Recipient, sign } = require(require('node:path').resolve(process.argv[2]));

let held;
const text = (field) => field?.toString();
const answers = {
  parse: (key) => [Recipient.parse(key).suite],
  seal: (key, plain) => {
    const sealed = Recipient.parse(key).seal(plain);
    return [sealed.body, sealed.takeOpener().store()];
  },
  hold: (key, plain) => {
    const sealed = Recipient.parse(key).seal(plain);
    held = sealed.takeOpener();
    return [sealed.body];
  },
  answer: (reply) => [held.open(reply)],
  open: (stored, reply) => [Opener.restore(stored).open(reply)],
  restore: (stored) => [Opener.restore(stored).store()],
  spin: (key, size, count) => {
    const [recipient, plain] = [Recipient.parse(key), Buffer.alloc(Number(text(size)), 'x')];
    for (let round = Number(text(count)); round > 0; round--) {
      const sealed = recipient.seal(plain);
      if (sealed.body.length <= plain.length) throw new Error('too short');
      sealed.free();
    }
    return [];
  },
  sign: (scheme, request, secretId, secretKey, time, names) => [
    sign(text(scheme), request, text(secretId), text(secretKey), Number(text(time)), text(names)?.split(';')),
  ],
};

readline.createInterface({ input: process.stdin, crlfDelay: Infinity }).on('line', (line) => {
  const [verb, ...fields] = line.split('\t').map((word) => (word === '-' ? undefined : Buffer.from(word.slice(1), 'hex')));
  let words;
  try {
    words = ['ok', ...answers[verb.toString()](...fields)];
  } catch (error) {
    if (error.name !== 'CardsealError') throw error;
    words = ['error', Buffer.from([error.exitCode]), error.kind, error.code, error.requestId, error.message, error.openedText];
  }
  const [first, ...rest] = words;
  const shown = rest.map((word) => (word === undefined ? '-' : `=${Buffer.from(word).toString('hex')}`));
  process.stdout.write(`${[first, ...shown].join('\t')}\n`);
});
