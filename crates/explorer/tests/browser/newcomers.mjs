// What somebody who sees the page for the first time stumbles over.
import path from "node:path";
import { SCRATCH, credentials, equal, explorer, holds, open, quiet, run, test } from "./harness.mjs";
import { alert, area, button, edit, press, section, through } from "./steps.mjs";
import { PICTURE } from "./end_to_end.mjs";

const action = (page, name) => page.getByLabel("Action", { exact: true }).selectOption(name);
const status = (page) => page.locator("#status").textContent();

test("the stages of another call are gone once another is chosen, and what was typed is not", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  await page.getByLabel("ImageUrl", { exact: true }).fill("https://example.com/mine.jpg");
  await through(page);
  await action(page, "IdCardVerification");
  for (const id of ["envelope", "canonical", "string", "signed", "reply", "opened"]) holds(await section(page, id).isHidden(), id);
  equal(await button(page, "Send").isDisabled(), true);
  await action(page, "RecognizeEncryptedIDCardOCR");
  equal(await page.getByLabel("ImageUrl", { exact: true }).inputValue(), "https://example.com/mine.jpg");
  quiet(page);
});

test("what one action takes as a text is not sent to another that takes an object", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  holds((await area(page, "inner").inputValue()).includes('"Config"'), "the switches are a text");
  await action(page, "DetectAuth");
  holds(!(await area(page, "inner").inputValue()).includes("CropPortrait"), "the switches of another action");
  await press(page, "Seal");
  holds(!(await section(page, "inner").textContent()).includes("Config"), await section(page, "inner").textContent());
  quiet(page);
});

test("what stands in clear beside something sealed is blurred", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  const blurred = (id) => area(page, id).evaluate((one) => one.classList.contains("personal"));
  for (const [name, envelope, reply] of [["RecognizeEncryptedIDCardOCR", false, false], ["IdCardVerification", true, true], ["GetFaceIdResult", true, false], ["DetectAIFakeFaces", false, true]]) {
    await action(page, name);
    if (name === "DetectAIFakeFaces") {
      await page.getByLabel("Image", { exact: true }).setInputFiles({ name: "face.png", mimeType: "image/png", buffer: PICTURE });
      await page.locator("#image-said", { hasText: "as it is" }).waitFor();
    }
    const nonce = page.getByLabel("Several members under one SM4-GCM nonce");
    if (await nonce.isVisible()) await nonce.check();
    await through(page);
    equal(await blurred("envelope"), envelope, `${name}: envelope`);
    equal(await blurred("signed"), envelope, `${name}: signed request`);
    equal(await blurred("reply"), reply, `${name}: reply`);
  }
  quiet(page);
});

test("s12: a file that is no picture is refused by name, and stays here", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  const image = page.getByLabel("Image", { exact: true });
  await image.setInputFiles({ name: "private.pem", mimeType: "text/plain", buffer: Buffer.from("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n") });
  await page.locator("#alert:not(:empty)").waitFor();
  holds((await alert(page).textContent()).includes("a key or certificate"), await alert(page).textContent());
  holds(!(await area(page, "inner").inputValue()).includes("ImageBase64"), "the key is in the request");
  await image.setInputFiles({ name: "card.png", mimeType: "image/png", buffer: PICTURE });
  await page.locator("#image-said", { hasText: "as it is" }).waitFor();
  equal(await alert(page).textContent(), "");
  quiet(page);
});

test("a picture that is refused leaves no other in its place", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  const image = page.getByLabel("Image", { exact: true });
  const has = async () => (await area(page, "inner").inputValue()).includes("ImageBase64");
  const cut = PICTURE.subarray(0, 40);
  for (const [name, buffer] of [["cut.png", cut], ["notes.txt", Buffer.from("notes of somebody's")]]) {
    await image.setInputFiles({ name: "card.png", mimeType: "image/png", buffer: PICTURE });
    await page.locator("#image-said", { hasText: "card.png" }).waitFor();
    equal(await has(), true, "the picture");
    await image.setInputFiles({ name, mimeType: "image/png", buffer });
    await page.locator("#alert:not(:empty)").waitFor();
    equal(await has(), false, `${name}: another person's picture`);
    equal(await page.locator("#preview").isVisible(), false, name);
    equal(await page.locator("#picture-field .chosen").textContent(), "none chosen", name);
  }
  quiet(page);
});

test("a form that is not used says so", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  equal(await page.locator("#form-note").isVisible(), false);
  await area(page, "inner").fill('{"ImageUrl":"https://example.com/a.jpg"}');
  equal(await page.locator("#form-note").isVisible(), true);
  await action(page, "BankCard4EVerification");
  equal(await page.locator("#form-note").isVisible(), true, "another action");
  await button(page, "Take it from the form: Inner request").click();
  equal(await page.locator("#form-note").isVisible(), false);
  holds((await area(page, "inner").inputValue()).includes("BankCard"), "the form's own");
  quiet(page);
});

test("a program with a body for the test key says so, and so does one with nothing sealed", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  const note = async () => {
    await page.getByRole("tab", { name: "Code" }).click();
    await page.locator("#code-run:not(:empty)").waitFor();
    const said = await page.locator("#code-note").textContent();
    await page.getByRole("tab", { name: "Call" }).click();
    return said;
  };
  holds((await note()).includes("press Seal"), "nothing is sealed");
  await press(page, "Seal");
  holds((await note()).includes("test key"), "the test key");
  const keys = path.join(SCRATCH, "for-program");
  await run("keygen", "--suite", "sm4-gcm", "--out", keys);
  await page.getByLabel("Public key", { exact: true }).setInputFiles(path.join(keys, "public.b64"));
  await press(page, "Seal");
  equal(await note(), "");
  await action(page, "IDCardOCR");
  equal(await note(), "", "an action in clear");
  quiet(page);
});

test("of a program only the request in clear is blurred", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  const blurred = () => page.locator("#program").evaluate((one) => {
    const clear = [...one.childNodes].filter((node) => !node.className).map((node) => node.textContent).join("");
    return { own: one.querySelector("span").className, clear };
  });
  await page.getByLabel("ImageUrl", { exact: true }).fill("https://example.com/personal.jpg");
  await page.getByRole("tab", { name: "Code" }).click();
  for (const language of ["curl", "python", "java"]) {
    await page.getByLabel("Language", { exact: true }).selectOption(language);
    await page.waitForFunction((name) => document.querySelector("#program").textContent.includes(name), { curl: "call.sh", python: "call.py", java: "Call.java" }[language]);
    const found = await blurred();
    equal(found.own, "personal", language);
    holds(!found.clear.includes("personal.jpg") && found.clear.includes("RecognizeEncryptedIDCardOCR"), language);
  }
  await page.getByRole("tab", { name: "Call" }).click();
  await press(page, "Seal");
  await page.getByRole("tab", { name: "Code" }).click();
  await page.locator("#code-run:not(:empty)").waitFor();
  equal((await blurred()).own, "", "what is sealed");
  quiet(page);
});

test("what is typed into can be read, and the repeated nonce is asked of SM4-GCM alone", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  const blur = () => area(page, "inner").evaluate((one) => getComputedStyle(one).filter);
  holds((await blur()).includes("blur"), "blurred until it is typed into");
  await area(page, "inner").focus();
  equal(await blur(), "none");
  await action(page, "IdCardVerification");
  equal(await page.locator("#nonce-field").isVisible(), false, "the key that its members can be sealed under");
  await page.getByLabel("Test key").selectOption("sm4-gcm");
  equal(await page.locator("#nonce-field").isVisible(), true);
  await page.getByLabel("Test key").selectOption("aes-256-cbc");
  equal(await page.locator("#nonce-field").isVisible(), false);
  await through(page);
  quiet(page);
});

test("an edit that no check refuses is told", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  await through(page);
  equal(await status(page), "Opened.");
  await edit(page, "reply", (text) => text.replace(/"RequestId":"./, '"RequestId":"x'));
  await press(page, "Open");
  holds((await status(page)).includes("No check refused"), await status(page));
  quiet(page);
});

test("credentials in the environment alone do not choose a real endpoint", async () => {
  const { line } = await explorer([], credentials);
  const { page } = await open(line);
  equal(await page.getByLabel("Goes to").inputValue(), "embedded");
  await through(page);
  quiet(page);
});

test("the library's refusals are told in Chinese", async () => {
  const keys = path.join(SCRATCH, "chinese");
  await run("keygen", "--suite", "sm4-gcm", "--out", keys);
  const { line } = await explorer();
  const { page } = await open(line, { locale: "zh-CN" });
  const english = async () => ((await alert(page).textContent()).match(/\b(the|is|it|a|and)\b/g) || []).join();
  const step = (name) => page.getByRole("button", { name, exact: true });
  const key = page.getByLabel("公钥", { exact: true });
  for (const [name, buffer] of [["key.pem", null], ["text", Buffer.from("nothing of a key")]]) {
    await key.setInputFiles(buffer ? { name, mimeType: "text/plain", buffer } : path.join(keys, "private.pem"));
    await step("加密").click();
    await page.locator("#alert:not(:empty)").waitFor();
    equal(await english(), "", await alert(page).textContent());
  }
  await page.getByLabel("图片", { exact: true }).setInputFiles({ name: "a.gif", mimeType: "image/gif", buffer: Buffer.from("GIF89a\u0001\u0000\u0001\u0000") });
  await page.locator("#alert", { hasText: "GIF" }).waitFor();
  equal(await english(), "", await alert(page).textContent());
  await key.setInputFiles([]);
  await area(page, "inner").fill('{"ImageUrl":"https://example.com/a.jpg","CardSide":"front","Side":1}');
  await step("加密").click();
  await page.locator("#stage-inner li").first().waitFor();
  const notes = (await page.locator("#stage-inner li").allTextContents()).join();
  equal((notes.match(/\b(the|is|it|has)\b/g) || []).join(), "", notes);
  await step("发送").click();
  await page.locator("#stage-reply").waitFor();
  await area(page, "reply").fill("<html>");
  await step("解密").click();
  await page.locator("#alert:not(:empty)").waitFor();
  equal(await english(), "", await alert(page).textContent());
  quiet(page);
});

test("on a narrow screen the steps are in sight at once and stay there, and what comes is brought up", async () => {
  const { line } = await explorer();
  const { page } = await open(line, { viewport: { width: 360, height: 740 } });
  const inSight = (selector) => page.locator(selector).evaluate((one) => {
    const { top, bottom } = one.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  });
  equal(await inSight("#seal"), true, "the steps at once");
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight / 2));
  equal(await inSight("#seal"), true, "the steps beside the form");
  await through(page);
  equal(await inSight("#heading-opened"), true, "the result");
  equal(await inSight("#seal"), true, "the steps beside the result");
  quiet(page);
});

test("what is of an earlier request is marked, and no longer once it is made anew", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  const marks = async () => {
    const all = await page.locator("section.stage:not([hidden])").evaluateAll((found) => found.map((one) => [one.id.slice(6), one.querySelector(".mark").textContent]));
    return all.filter(([, mark]) => mark.includes("earlier")).map(([id]) => id).join();
  };
  await through(page);
  equal(await marks(), "");
  await page.getByLabel("ImageUrl", { exact: true }).fill("https://example.com/another.jpg");
  equal(await marks(), "envelope,canonical,string,signed,reply,opened");
  equal(await status(page), "");
  await press(page, "Seal");
  equal(await marks(), "");
  for (const name of ["Send", "Open"]) await press(page, name);
  await page.getByLabel("Test key").selectOption("aes-256-cbc");
  equal(await marks(), "envelope,canonical,string,signed,reply,opened", "another key");
  await page.getByLabel("Test key").selectOption("sm4-gcm");
  equal(await marks(), "", "the same key again");
  await edit(page, "canonical", (text) => text.replace("host:127.0.0.1", "host:127.0.0.9"));
  equal(await marks(), "reply,opened", "an edit");
  await press(page, "Send");
  await button(page, "Undo the edits: Reply").waitFor({ state: "hidden" });
  quiet(page);
});

test("what changed above is sealed anew by the next step, and what was edited below is not", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  await through(page);
  const before = await area(page, "envelope").inputValue();
  await page.getByLabel("Test key").selectOption("aes-256-cbc");
  await press(page, "Send");
  equal(JSON.parse(await area(page, "envelope").inputValue()).Encryption.Algorithm, "AES-256-CBC");
  await press(page, "Open");
  equal(await alert(page).textContent(), "");
  await page.getByLabel("ImageUrl", { exact: true }).fill("https://example.com/another.jpg");
  await area(page, "envelope").fill(before);
  await press(page, "Send");
  equal(await area(page, "envelope").inputValue(), before, "what was edited");
  quiet(page);
});

test("a key that the embedded gateway has not is told when it is sealed for", async () => {
  const keys = path.join(SCRATCH, "not-the-gateways");
  await run("keygen", "--suite", "sm4-gcm", "--out", keys);
  const { line } = await explorer();
  const { page } = await open(line);
  await page.getByLabel("Public key", { exact: true }).setInputFiles(path.join(keys, "public.b64"));
  await press(page, "Seal");
  holds((await section(page, "envelope").textContent()).includes("embedded gateway has not"), "the note");
  quiet(page);
});

test("the page begins in the language of the process that printed its URL", async () => {
  const { line } = await explorer([], { CARDSEAL_LANG: "zh-CN" });
  const { page } = await open(line);
  equal(await page.locator("html").getAttribute("lang"), "zh-CN");
  quiet(page);
});
