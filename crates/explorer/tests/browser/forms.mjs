// What a form lacks, what it begins with, and what becomes of a copied program's answer.
import { credentials, equal, explorer, holds, open, quiet, service, test } from "./harness.mjs";
import { alert, area, button, press, section, through } from "./steps.mjs";
import { PICTURE } from "./end_to_end.mjs";

const action = (page, name) => page.getByLabel("Action", { exact: true }).selectOption(name);

test("every action of faceid goes through with what the form begins with, and so does every other in clear", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  const names = await page.locator("#action option").evaluateAll((all) => all.map((one) => one.value));
  holds(names.length > 25, names.join());
  for (const name of names) {
    await action(page, name);
    if (await page.getByLabel("FaceInput", { exact: true }).count()) await page.getByLabel("FaceInput", { exact: true }).fill("/9j/4AAQSkZJRg==");
    await press(page, "Seal");
    equal(await alert(page).textContent(), "", name);
  }
  quiet(page);
});

test("what an action requires is told at its field before anything is sealed", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  const invalid = () => page.locator("#fields [aria-invalid]").evaluateAll((all) => all.map((one) => one.id.slice(6)).join());
  await page.getByLabel("ImageUrl", { exact: true }).fill("");
  await press(page, "Seal");
  holds((await alert(page).textContent()).includes("ImageUrl / ImageBase64 is missing"), await alert(page).textContent());
  equal(await invalid(), "ImageUrl,ImageBase64");
  equal(await section(page, "envelope").isHidden(), true, "nothing is sealed");
  await page.getByLabel("ImageUrl", { exact: true }).fill("https://example.com/a.jpg");
  equal(await invalid(), "");
  await through(page);
  for (const [cloud, name, field] of [["ctyun", "general-text", "data"], ["ctyun", "business-license", "ImageData"]]) {
    await page.getByLabel("Cloud", { exact: true }).selectOption(cloud);
    await action(page, name);
    await press(page, "Seal");
    holds((await alert(page).textContent()).includes(`${field} is missing`), await alert(page).textContent());
    equal(await invalid(), field, name);
    await page.getByLabel("Image", { exact: true }).setInputFiles({ name: "card.png", mimeType: "image/png", buffer: PICTURE });
    await page.locator("#image-said", { hasText: "as it is" }).waitFor();
    await press(page, "Seal");
    equal(await alert(page).textContent(), "", name);
    await button(page, "Remove the picture").click();
  }
  quiet(page);
});

test("programs are offered where there are any", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  const language = page.getByLabel("Language", { exact: true });
  for (const [cloud, has] of [["huawei", false], ["ctyun", false], ["tencent", true]]) {
    await page.getByRole("tab", { name: "Call" }).click();
    await page.getByLabel("Cloud", { exact: true }).selectOption(cloud);
    await page.getByRole("tab", { name: "Code" }).click();
    await page.locator(has ? "#code-run:not(:empty)" : "#code-note:not(:empty)").waitFor();
    equal(await language.isVisible(), has, cloud);
    equal(await page.locator("#code-said").textContent(), "", cloud);
    if (!has) holds((await page.locator("#code-note").textContent()).includes("Tencent Cloud only"), cloud);
  }
  quiet(page);
});

test("the answer of a copied program can be pasted and opened", async () => {
  const { line } = await explorer();
  const { page } = await open(line);
  await through(page);
  const answer = await page.evaluate(() => textOf(stage.reply));
  await page.getByLabel("ImageUrl", { exact: true }).fill("https://example.com/again.jpg");
  await press(page, "Seal");
  equal(await section(page, "reply").isVisible(), false);
  await page.getByRole("tab", { name: "Code" }).click();
  await page.locator("#code-run:not(:empty)").waitFor();
  holds((await page.locator("#program").textContent()).includes("cardseal open --opener FILE"), "how it is opened");
  await page.getByRole("tab", { name: "Call" }).click();
  equal(await button(page, "Open").isDisabled(), true);
  await area(page, "reply").fill(answer);
  equal(await button(page, "Open").isDisabled(), false);
  // It is another request's.
  await press(page, "Open");
  holds((await alert(page).textContent()).includes("Refused by"), await alert(page).textContent());
  quiet(page);
});

test("a refusal is told in Chinese as one sentence, and once", async () => {
  const { url } = await service((_, response) => { response.statusCode = 500; response.end("no JSON"); });
  const { line } = await explorer(["--endpoint", url], credentials);
  const { page } = await open(line, { locale: "zh-CN" });
  await page.getByLabel("接口", { exact: true }).selectOption("IDCardOCR");
  for (const name of ["加密", "发送"]) await press(page, name);
  const said = await alert(page).textContent();
  holds(!said.includes("被") && !/[a-z]{5}/.test(said), said);
  equal(said.split("：")[0] === said.split("：")[1], false, said);
  quiet(page);
});
