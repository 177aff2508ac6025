// Calls {{action}} of Tencent Cloud, signed with TC3-HMAC-SHA256. Needs Node.js 10 or later and nothing else.
//
//   export TENCENTCLOUD_SECRET_ID=... TENCENTCLOUD_SECRET_KEY=...
//   node call.js
//
// Temporary credentials come with a token: TENCENTCLOUD_TOKEN.
'use strict';

const crypto = require('crypto');
const http = require('http');
const https = require('https');

const ENDPOINT = '{{endpoint}}';
const HOST = '{{host}}'; // as it is sent: with the port, unless it is the scheme's own
const SERVICE = '{{service}}';
const ACTION = '{{action}}';
const VERSION = '{{version}}';
{{answer}}const BODY ={{body}};

const sha256 = (data) => crypto.createHash('sha256').update(data).digest('hex');
const hmac = (key, text, encoding) => crypto.createHmac('sha256', key).update(text).digest(encoding);

/** The value of the header Authorization. */
function authorization(secretId, secretKey, timestamp, contentType, payload) {
  // The date of the very same timestamp, in UTC: the local date differs from it for hours every day.
  const date = new Date(timestamp * 1000).toISOString().slice(0, 10);
  const scope = `${date}/${SERVICE}/tc3_request`;

  const signedHeaders = 'content-type;host';
  const canonicalRequest = [
    'POST',
    '/',
    '', // the query
    `content-type:${contentType}`,
    `host:${HOST}`,
    '', // the headers' last line feed, and then a blank line
    signedHeaders,
    sha256(payload),
  ].join('\n');
  const stringToSign = ['TC3-HMAC-SHA256', timestamp, scope, sha256(canonicalRequest)].join('\n');

  let key = `TC3${secretKey}`;
  for (const step of [date, SERVICE, 'tc3_request']) {
    key = hmac(key, step);
  }
  const signature = hmac(key, stringToSign, 'hex');
  return `TC3-HMAC-SHA256 Credential=${secretId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
}

function main() {
  const secretId = process.env.TENCENTCLOUD_SECRET_ID;
  const secretKey = process.env.TENCENTCLOUD_SECRET_KEY;
  const token = process.env.TENCENTCLOUD_TOKEN;
  if (!secretId || !secretKey) {
    console.error('TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY have to be set');
    process.exitCode = 1;
    return;
  }

  // These bytes are signed and these bytes are sent. JSON.stringify of the same object again could break the signature.
  const payload = Buffer.from(BODY, 'utf8');
  // Signed as well, so it is sent exactly as it stands here.
  const contentType = 'application/json';
  const timestamp = Math.floor(Date.now() / 1000);

  const headers = {
    Authorization: authorization(secretId, secretKey, timestamp, contentType, payload),
    'Content-Type': contentType,
    'Content-Length': payload.length, // in bytes, not in characters
    Host: HOST,
    'X-TC-Action': ACTION,
    'X-TC-Version': VERSION,
    'X-TC-Timestamp': String(timestamp),
  };
  if (token) {
    headers['X-TC-Token'] = token;
  }

  const { protocol, hostname, port } = new URL(ENDPOINT);
  const options = {
    method: 'POST',
    // Brackets around an IPv6 address belong to the URL, not to the address.
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: port || undefined,
    path: '/',
    headers,
    timeout: 60000,
  };
  const fail = (error) => {
    console.error(`not sent, or no answer came: ${error.message}`);
    process.exitCode = 1;
  };
  const request = (protocol === 'https:' ? https : http).request(options, (response) => {
    // A refusal comes with status 200, too: look for Response.Error in what is printed.
    response.on('error', fail);
    response.pipe(process.stdout);
  });
  request.on('timeout', () => request.destroy(new Error('nothing for 60 seconds')));
  request.on('error', fail);
  request.end(payload);
}

main();
