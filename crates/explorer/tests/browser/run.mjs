// The explorer's page in headless Chromium.
import { runAll } from "./harness.mjs";
import "./end_to_end.mjs";
import "./tampering.mjs";
import "./attackers.mjs";
import "./people.mjs";
import "./newcomers.mjs";
import "./forms.mjs";
import "./late.mjs";
import "./looks.mjs";

await runAll(process.argv.slice(2));
