// Calls RecognizeEncryptedIDCardOCR with the official Node.js SDK, unmodified, at a given endpoint.
//
// Arguments: HOST:PORT SECRET_ID. The secret key comes from the environment, the sealed request on stdin; the answer
// goes to stdout as the SDK gives it.
const { ocr } = require("tencentcloud-sdk-nodejs-ocr");

const [endpoint, secretId] = process.argv.slice(2);
const client = new ocr.v20181119.Client({
  credential: { secretId, secretKey: process.env.TENCENTCLOUD_SECRET_KEY },
  region: "ap-guangzhou",
  profile: { httpProfile: { protocol: "http://", endpoint, reqTimeout: 20 } },
});
const request = JSON.parse(require("fs").readFileSync(0, "utf8"));
client.RecognizeEncryptedIDCardOCR(request).then(
  (answer) => console.log(JSON.stringify(answer)),
  (error) => {
    console.error(error.code || String(error));
    process.exit(1);
  },
);
