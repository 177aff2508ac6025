// What is written in Node.js today: its own crypto module. It has neither SM2 encryption nor SM4-GCM. Asked as
// bindings/conformance asks.
'use strict';

const crypto = require('node:crypto');
const readline = require('node:readline');

function sealer(pem) {
  const recipient = { key: crypto.createPublicKey(pem), padding: crypto.constants.RSA_PKCS1_PADDING };
  return (plain) => {
    const [key, iv] = [crypto.randomBytes(32), crypto.randomBytes(16)];
    const cipher = crypto.createCipheriv('aes-256-cbc', key, iv);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.from(JSON.stringify({
      EncryptedBody: sealed.toString('base64'),
      Encryption: {
        CiphertextBlob: crypto.publicEncrypt(recipient, key).toString('base64'),
        Iv: iv.toString('base64'),
        Algorithm: 'AES-256-CBC',
        TagList: [],
        EncryptList: ['EncryptedBody'],
      },
    }));
  };
}

readline.createInterface({ input: process.stdin, crlfDelay: Infinity }).on('line', (line) => {
  const [verb, key, ...fields] = line.split('\t').map((word) => Buffer.from(word.slice(1), 'hex'));
  const seal = sealer(Buffer.from(key.toString(), 'base64').toString());
  if (verb.toString() === 'seal') {
    process.stdout.write(`ok\t=${seal(fields[0]).toString('hex')}\n`);
    return;
  }
  const plain = Buffer.alloc(Number(fields[0].toString()), 'x');
  for (let round = Number(fields[1].toString()); round > 0; round--) seal(plain);
  process.stdout.write('ok\n');
});
