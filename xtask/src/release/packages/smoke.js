// What the npm package must do where it was just installed: seal under a published key.
'use strict';

const fs = require('node:fs');
const { Recipient } = require('cardseal');

const recipient = Recipient.parse(fs.readFileSync(process.argv[2]));
recipient.seal(Buffer.from('{"ImageUrl":"https://h.example/card.jpg"}')).then(({ body }) => {
  console.log(JSON.parse(body).Encryption.Algorithm);
});
