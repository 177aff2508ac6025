// The pictures of the book, taken from the real page, with the specimen that the embedded gateway answers with:
//
//   .ci/run browser
//   NODE_PATH=target/ci/browser-node/node_modules node crates/explorer/tests/browser/book.mjs
import { mkdirSync } from "node:fs";
import path from "node:path";
import { explorer, holds, open, runAll, test } from "./harness.mjs";
import { alert, button, edit, over, section, through } from "./steps.mjs";

for (const language of ["en", "zh-CN"]) {
  test(`pictures of the book: ${language}`, async () => {
    const folder = path.join("book", language, "src", "explorer");
    mkdirSync(folder, { recursive: true });
    const { line } = await explorer();
    // So high that nothing is scrolled, and the bar that stays on top stands over no stage.
    const { page } = await open(line, { viewport: { width: 1200, height: 3600 } });
    await through(page);
    await button(page, "Show personal data").click();
    if (language !== "en") await button(page, "中文").click();
    await page.evaluate(() => document.activeElement.blur());
    await page.waitForTimeout(300);
    for (const stage of ["envelope", "signed", "opened"]) {
      await section(page, stage).screenshot({ path: path.join(folder, `${stage}.png`), animations: "disabled" });
    }
    await edit(page, "reply", (text) => text.replace('EncryptedBody":"', 'EncryptedBody":"AAAA'));
    await page.locator("#open").click();
    await over(page);
    holds(await alert(page).textContent() !== "", "a changed reply was opened");
    await alert(page).screenshot({ path: path.join(folder, "refused.png"), animations: "disabled" });
  });
}

await runAll([]);
