// The vendor's Node.js SDK, unmodified, pointed at the gateway by its endpoint.
//
// Usage: sdk.js HOST:PORT SECRET_ID, with the secret key in SECRET_KEY and the sealed request on stdin.
// Prints one line of JSON; exits with 77 and a line of explanation when the SDK is missing.
"use strict";

let sdk;
try {
  sdk = require("tencentcloud-sdk-nodejs-ocr");
} catch {
  console.log("tencentcloud-sdk-nodejs-ocr is not installed");
  process.exit(77);
}

const [endpoint, secretId] = process.argv.slice(2);

function client(secretKey, profile = {}) {
  return new sdk.ocr.v20181119.Client({
    credential: { secretId, secretKey },
    region: "ap-guangzhou",
    profile: { ...profile, httpProfile: { protocol: "http://", endpoint } },
  });
}

async function main() {
  const good = client(process.env.SECRET_KEY, { language: "zh-CN" });
  const sealed = JSON.parse(require("fs").readFileSync(0, "utf8"));
  // The members that callers leave empty or unset: outside the envelope all of them may be.
  const padded = { ...sealed, ImageBase64: "", ImageUrl: null, CardSide: "", Config: undefined };
  const clear = { ImageUrl: "https://example.com/card.jpg", CardSide: "BACK", Config: undefined };
  const answers = {
    encrypted: await good.RecognizeEncryptedIDCardOCR(padded),
    clear: await good.IDCardOCR(clear),
  };
  try {
    await client("wrong").IDCardOCR(clear);
  } catch (refusal) {
    answers.refused = refusal.code;
  }
  console.log(JSON.stringify(answers));
}

main();
