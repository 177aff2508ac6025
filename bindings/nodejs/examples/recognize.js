// Recognises the card in a picture: node recognize.js KEY-FILE PICTURE [ENDPOINT]. The credentials come from the environment
// (TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY).
'use strict';

const fs = require('node:fs');

const { recognize } = require('..');

const [key, picture, endpoint] = process.argv.slice(2);
if (picture === undefined) {
  console.error('usage: node recognize.js KEY-FILE PICTURE [ENDPOINT]');
  process.exitCode = 2;
} else {
  recognize({ cloud: 'tencent', key: fs.readFileSync(key), image: fs.readFileSync(picture), endpoint }).then(
    (card) => console.log(JSON.stringify(card)),
    (error) => {
      console.error(error.message);
      process.exitCode = error.exitCode ?? 2;
    },
  );
}
