// Node's own crypto module. Asked by lines; see ../src/process.rs.
import crypto from "node:crypto";
import readline from "node:readline";

const WARM_UP_NS = 300_000_000;
const ciphers = crypto.getCiphers();
const bytes = (word) => Buffer.from(word === "-" ? "" : word, "base64");
let task, each, sink = 0;

function processorTime() {
    const { user, system } = process.cpuUsage();
    return (user + system) * 1000;
}

function crypt(cipher, input) {
    return Buffer.concat([cipher.update(input), cipher.final()]);
}

function seal(key, iv, plaintext) {
    const cipher = crypto.createCipheriv("sm4-gcm", key, iv);
    return [crypt(cipher, plaintext), cipher.getAuthTag()];
}

function open(key, iv, ciphertext, tag) {
    return crypt(crypto.createDecipheriv("sm4-gcm", key, iv).setAuthTag(tag), ciphertext);
}

const encrypt = (key, iv, input) => crypt(crypto.createCipheriv("aes-256-cbc", key, iv), input);
const decrypt = (key, iv, input) => crypt(crypto.createDecipheriv("aes-256-cbc", key, iv), input);
const spki = (key) => crypto.createPublicKey({ key, format: "der", type: "spki" });
const wrap = (key, message) => crypto.publicEncrypt({ key, padding: crypto.constants.RSA_PKCS1_PADDING }, message);
const sha256 = (text) => crypto.createHash("sha256").update(text).digest("hex");
const mac = (key, text, form) => crypto.createHmac("sha256", key).update(text).digest(form);

function request(recipient, plaintext) {
    const key = crypto.randomBytes(32), iv = crypto.randomBytes(16);
    const body = JSON.stringify({
        EncryptedBody: encrypt(key, iv, plaintext).toString("base64"),
        Encryption: {
            CiphertextBlob: wrap(recipient, key).toString("base64"),
            Iv: iv.toString("base64"),
            Algorithm: "AES-256-CBC",
            TagList: [],
            EncryptList: ["EncryptedBody"],
        },
    });
    const { BENCH_TIMESTAMP: timestamp, BENCH_SECRET_ID: id, BENCH_SECRET_KEY: secret } = process.env;
    const day = new Date(timestamp * 1000).toISOString().slice(0, 10);
    const canonical = "POST\n/\n\ncontent-type:application/json\nhost:ocr.tencentcloudapi.com\n\ncontent-type;host\n" + sha256(body);
    const scope = `${day}/ocr/tc3_request`;
    const toSign = `TC3-HMAC-SHA256\n${timestamp}\n${scope}\n${sha256(canonical)}`;
    const signature = mac(mac(mac(mac("TC3" + secret, day), "ocr"), "tc3_request"), toSign, "hex");
    return `TC3-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=content-type;host, Signature=${signature}\n${body}`;
}

function prepare(work, key, iv, input) {
    const gcm = ciphers.includes("sm4-gcm");
    switch (work) {
        case "sm4-gcm-seal": if (gcm) return () => Buffer.concat(seal(key, iv, input)); break;
        case "sm4-gcm-open": if (gcm) return () => open(key, iv, input.subarray(0, -16), input.subarray(-16)); break;
        case "aes-cbc-encrypt": return () => encrypt(key, iv, input);
        case "aes-cbc-decrypt": return () => decrypt(key, iv, input);
        case "rsa-wrap": { const recipient = spki(key); return () => wrap(recipient, input); }
        case "request-intl": { const recipient = spki(key); return () => request(recipient, input); }
        case "image-intl": {
            const recipient = spki(key);
            return () => request(recipient, JSON.stringify({ ImageBase64: input.toString("base64") }));
        }
        case "reply-sm": if (!gcm) break; // falls through
        case "reply-intl": return () => {
            const { EncryptedBody, Encryption: { Iv, TagList: [tag] } } = JSON.parse(input).Response;
            return tag ? open(key, bytes(Iv), bytes(EncryptedBody), bytes(tag)) : decrypt(key, bytes(Iv), bytes(EncryptedBody));
        };
    }
    return null;
}

for await (const line of readline.createInterface({ input: process.stdin })) {
    const [verb, ...words] = line.split(" ");
    if (verb === "version") {
        console.log(JSON.stringify({ version: process.versions.node }));
    } else if (verb === "ready") {
        task = prepare(words[0], ...words.slice(1).map(bytes));
        if (task) {
            const output = Buffer.from(task());
            const started = processorTime();
            let warm = 0;
            for (; processorTime() - started < WARM_UP_NS; warm++) sink += task().length;
            each = (processorTime() - started) / warm;
            console.log(JSON.stringify({ output: output.toString("base64") }));
        } else {
            console.log(JSON.stringify({ skipped: /^(sm4|reply)/.test(words[0]) ? "Node has no SM4-GCM" : "Node has no SM2 encryption" }));
        }
    } else {
        const times = Math.max(1, Math.floor(Number(words[0]) / each)), started = processorTime();
        for (let i = 0; i < times; i++) sink += task().length;
        console.log(JSON.stringify({ ns: (processorTime() - started) / times }));
    }
}
