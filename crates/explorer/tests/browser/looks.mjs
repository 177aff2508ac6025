// Pictures of the page, to be looked at; and that nothing is wider than its screen.
import path from "node:path";
import { SHOTS, equal, explorer, holds, open, quiet, test } from "./harness.mjs";
import { area, button, press, refusal, through } from "./steps.mjs";

async function shot(page, name, whole = true) {
  // The bar that stays on top would stand in the middle of a picture of the whole page.
  await page.screenshot({ path: path.join(SHOTS, `${name}.png`), fullPage: whole, animations: "disabled" });
}

async function fits(page, what) {
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  holds(wide <= room, `${what} is ${wide} pixels wide and has ${room}`);
}

for (const [name, options] of [
  ["light", {}],
  ["dark", { colorScheme: "dark" }],
  ["narrow", { viewport: { width: 360, height: 740 } }],
  ["narrow-dark", { viewport: { width: 320, height: 640 }, colorScheme: "dark" }],
  ["large", { viewport: { width: 2200, height: 1200 } }],
]) {
  test(`screenshots: ${name}`, async () => {
    const { line } = await explorer();
    const { page } = await open(line, options);
    await fits(page, "the page");
    await shot(page, `${name}-1-open`);
    await through(page);
    await button(page, "Show personal data").click();
    await page.waitForTimeout(250);
    await fits(page, "the stages");
    await shot(page, `${name}-2-through`);
    await area(page, "reply").fill((await area(page, "reply").inputValue()).replace("EncryptedBody\":\"", "EncryptedBody\":\"AAAA"));
    await refusal(page, "Open");
    await button(page, "Show personal data").click();
    await page.waitForTimeout(250);
    await button(page, "中文").click();
    await fits(page, "the refusal in Chinese");
    await shot(page, `${name}-3-refused-zh`);
    await page.locator("#tab-code").click();
    await page.locator("#code-run:not(:empty)").waitFor();
    await fits(page, "the program");
    await shot(page, `${name}-4-code`, false);
    equal(await page.locator("#panel-call").isHidden(), true);
    void press;
    quiet(page);
  });
}
