// Other pages, replies with script in them, files that are too large, services that are gone.
import { openSync, ftruncateSync, closeSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { REBOUND, SCRATCH, credentials, equal, explorer, gateway, holds, open, quiet, run, service, test, visit, watch } from "./harness.mjs";
import { alert, area, press, refusal, section } from "./steps.mjs";
import { PICTURE } from "./end_to_end.mjs";

test("a missing or wrong token shows no page", async () => {
  const { line } = await explorer();
  const { context, page } = await open(line);
  const bare = new URL(line);
  bare.search = "";
  const other = await context.newPage();
  for (const url of [bare.href, `${bare.href}?token=`, `${bare.href}?token=${"x".repeat(43)}`, `${bare.href}page.js`]) {
    const reply = await other.goto(url);
    equal(reply.status(), 403, url);
  }
  holds((await other.textContent("body")).includes("token"), "it says why");
  quiet(page);
});

test("a page of another origin can neither ask, nor frame, nor be told who sent it", async () => {
  const { line } = await explorer();
  const attacker = await service((request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><iframe id="frame" src="${line}"></iframe>`);
  });
  const { context, page } = await open(line);
  const other = await context.newPage();
  await other.goto(attacker.url);
  const found = await other.evaluate(async (url) => {
    const token = new URL(url).searchParams.get("token");
    const outcome = {};
    const tries = {
      read: () => fetch(url),
      ask: () => fetch(new URL(`/api/catalogue?token=${token}`, url), { method: "POST", body: "{}" }),
      blind: () => fetch(new URL(`/api/catalogue?token=${token}`, url), { method: "POST", body: "{}", mode: "no-cors" }).then((reply) => `${reply.type} ${reply.status}`),
      script: () => new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = new URL(`/page.js?token=${token}`, url).href;
        script.onload = () => resolve("loaded");
        script.onerror = () => reject(new Error("refused"));
        document.head.append(script);
      }),
    };
    for (const [name, does] of Object.entries(tries)) {
      outcome[name] = await does().then((value) => (typeof value === "string" ? value : "answered"), () => "refused");
    }
    return outcome;
  }, line);
  equal(found.read, "refused");
  equal(found.ask, "refused");
  holds(found.blind === "refused" || found.blind === "opaque 0", found.blind);
  equal(found.script, "refused");
  const frame = other.frames().find((one) => one !== other.mainFrame());
  const inside = await frame.evaluate(() => document.body && document.body.dataset.ready === "true").catch(() => false);
  equal(inside, false, "the page is in a frame");
  // A link from the page to elsewhere would not tell the token.
  await page.evaluate((url) => { location.href = url; }, attacker.url);
  await page.waitForURL(`${attacker.url}/**`);
  // The other page asks for its icon by itself, and says so.
  const sent = attacker.seen.map((headers) => headers.referer || "").filter((referer) => !referer.startsWith(attacker.url));
  equal(sent.join(""), "", "the token in a Referer");
  attacker.server.close();
});

test("another name for this machine is another server", async () => {
  const { line } = await explorer();
  const { context } = await open(line);
  const page = await context.newPage();
  for (const host of ["localhost", REBOUND]) {
    const reply = await page.goto(line.replace("127.0.0.1", host));
    equal(reply.status(), 421, host);
  }
  // Nobody listens there.
  equal(await page.goto(line.replace("127.0.0.1", "127.0.0.2")).catch(() => null), null);
});

test("script in a reply stays text", async () => {
  const nasty = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>\u202e</textarea></section>';
  const card = { Name: nasty, [nasty]: nasty, AdvancedInfo: JSON.stringify({ Portrait: `iVBORw0KGgo${"A".repeat(80)}`, [nasty]: [nasty] }), RequestId: nasty };
  let refuses = false;
  const bad = await service((request, response) => {
    response.setHeader("content-type", "text/html");
    const error = { Response: { Error: { Code: `AuthFailure.${nasty}`, Message: nasty }, RequestId: nasty } };
    response.end(JSON.stringify(refuses ? error : { Response: card }));
  });
  const { line } = await explorer(["--endpoint", bad.url], credentials);
  const { page } = await open(line);
  await page.getByLabel("Action", { exact: true }).selectOption("IDCardOCR");
  for (const name of ["Seal", "Send", "Open"]) await press(page, name);
  holds((await section(page, "opened").textContent()).includes("onerror"), "it is shown as text");
  refuses = true;
  await refusal(page, "Send");
  await page.getByRole("button", { name: "中文" }).click();
  await page.getByRole("tab", { name: "代码" }).click();
  equal(await page.evaluate(() => window.pwned), undefined, "script ran");
  equal(await page.locator("main img[src='x'], main script").count(), 0, "markup was made");
  quiet(page);
  bad.server.close();
});

test("fifty megabytes are told in a sentence, and nothing typed is lost", async () => {
  const large = path.join(SCRATCH, "large.jpg");
  const file = openSync(large, "w");
  ftruncateSync(file, 50 * 1024 * 1024);
  closeSync(file);
  const { line } = await explorer();
  const { page } = await open(line);
  await page.getByLabel("ImageUrl", { exact: true }).fill("https://example.com/mine.jpg");
  for (const prepared of [false, true]) {
    if (prepared) await page.getByLabel("Prepare it").check();
    await page.getByLabel("Image", { exact: true }).setInputFiles(large);
    await page.locator("#alert:not(:empty)").waitFor();
    holds((await alert(page).textContent()).includes("50 MiB"), await alert(page).textContent());
  }
  equal(await page.getByLabel("ImageUrl", { exact: true }).inputValue(), "https://example.com/mine.jpg");
  holds((await area(page, "inner").inputValue()).includes("mine.jpg"), "the form is as it was");
  await press(page, "Seal");
  equal(await alert(page).textContent(), "");
  quiet(page);
});

test("a picture of many megabytes goes through, and the page can bear it", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  const buffer = Buffer.concat([PICTURE, Buffer.alloc(4 * 1024 * 1024, 7)]);
  await page.getByLabel("Image", { exact: true }).setInputFiles({ name: "big.png", mimeType: "image/png", buffer });
  await page.locator("#image-said:not(:empty)").waitFor();
  for (const name of ["Seal", "Send"]) await press(page, name);
  holds((await area(page, "signed").inputValue()).length < 100000, "the middle is kept aside");
  const said = await alert(page).textContent();
  // The gateway looks at a picture's end; a changed character at the front is refused by the signature all the same.
  await area(page, "signed").fill((await area(page, "signed").inputValue()).replace(/(EncryptedBody":".)./, "$1*"));
  holds((await refusal(page, "Send")).includes("signature"), `marks are filled in before it is sent (${said})`);
  quiet(page);
});

test("a gateway that is gone, and an explorer that is gone, are told in a sentence", async () => {
  const keys = path.join(SCRATCH, "gone");
  await run("keygen", "--suite", "sm4-gcm", "--out", keys);
  const there = await gateway(keys);
  const started = await explorer(["--endpoint", there.url], credentials);
  const { page } = await open(started.line);
  await page.getByLabel("Public key", { exact: true }).setInputFiles(path.join(keys, "public.b64"));
  await press(page, "Seal");
  await press(page, "Send");
  await there.end();
  const text = await area(page, "envelope").inputValue();
  holds((await refusal(page, "Send")).includes("network"), await alert(page).textContent());
  equal(await area(page, "envelope").inputValue(), text, "the envelope is kept");
  quiet(page);
  await started.end();
  holds((await refusal(page, "Send")).includes("does not answer"), await alert(page).textContent());
  equal(await area(page, "envelope").inputValue(), text, "the envelope is kept");
});

test("a reply that is not JSON is told in a sentence", async () => {
  for (const body of ["<html>proxy</html>", "", "null", "\u0000", "[".repeat(10000)]) {
    const bad = await service((request, response) => response.end(body));
    const { line } = await explorer(["--endpoint", bad.url], credentials);
    const { page } = await open(line);
    await page.getByLabel("Action", { exact: true }).selectOption("IDCardOCR");
    await press(page, "Seal");
    const said = await refusal(page, "Send");
    holds(said.length < 400, said);
    quiet(page);
    bad.server.close();
    await page.close();
  }
});

test("a reply of many megabytes of anything leaves the page at work", async () => {
  const open_ = { array: `[${"0,".repeat(3e6)}0]`, line: `"${"a ".repeat(3e6)}"`, breaks: `"x"${"\n".repeat(6e6)}`, nested: `${"[".repeat(100)}${"1,".repeat(2e6)}1${"]".repeat(100)}` };
  for (const [name, value] of Object.entries(open_)) {
    const bad = await service((request, response) => response.end(`{"Response":{"Name":${value},"RequestId":"1"}}`));
    const { line } = await explorer(["--endpoint", bad.url], credentials);
    const { page } = await open(line);
    await page.getByLabel("Action", { exact: true }).selectOption("IDCardOCR");
    for (const step of ["Seal", "Send", "Open"]) await press(page, step);
    const shown = await area(page, "reply").inputValue();
    holds(shown.length < 200000 && shown.split("\n").length < 5000, `${name}: the reply is cut to what a page can bear`);
    // It takes what is typed, still.
    await area(page, "reply").fill("{}");
    equal(await area(page, "reply").inputValue(), "{}", name);
    quiet(page);
    bad.server.close();
    await page.close();
  }
});

test("whoever takes the port of an explorer that has ended is sent nothing", async () => {
  const started = await explorer();
  const { page } = await open(started.line);
  await area(page, "inner").fill('{"ImageUrl":"https://example.com/personal.jpg"}');
  await started.end();
  const port = new URL(started.line).port;
  const seen = [];
  const impostor = createServer((request, response) => {
    let body = "";
    request.on("data", (data) => { body += data; });
    request.on("end", () => { seen.push(body); response.end(JSON.stringify({ proof: "0".repeat(64), refused: { message: { en: "paste your secret here", zh: "" } } })); });
  });
  await new Promise((resolve) => { impostor.listen(Number(port), "127.0.0.1", resolve); });
  const said = await refusal(page, "Seal");
  holds(said.includes("Another program") && !said.includes("paste"), said);
  holds(seen.length > 0 && !seen.join().includes("personal"), seen.join());
  impostor.close();
  impostor.closeAllConnections();
});

test("to a real endpoint goes the call that was chosen, and no other is signed", async () => {
  const keys = path.join(SCRATCH, "only");
  await run("keygen", "--suite", "sm4-gcm", "--out", keys);
  const there = await gateway(keys);
  const { line } = await explorer(["--endpoint", there.url], credentials);
  const { page } = await open(line);
  await page.getByLabel("Public key", { exact: true }).setInputFiles(path.join(keys, "public.b64"));
  for (const [id, from, to, check] of [
    ["canonical", /host:.*/, "host:cam.tencentcloudapi.com", "another service, host or time"],
    ["string", /ocr\/tc3/, "cam/tc3", "another service, host or time"],
    ["string", /\n\d{10}\n/, "\n1900000000\n", "another service, host or time"],
    ["signed", /host: .*/, "host: cam.tencentcloudapi.com", "those of the chosen call"],
    ["signed", /x-tc-action: .*/, "x-tc-action: DeleteUser", "those of the chosen call"],
  ]) {
    await press(page, "Seal");
    await area(page, id).fill((await area(page, id).inputValue()).replace(from, to));
    const said = await refusal(page, "Send");
    holds(said.includes(check), `${id} ${to}: ${said}`);
  }
  quiet(page);
});
