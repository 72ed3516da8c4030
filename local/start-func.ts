import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { z } from 'zod';
import { readFlags, runCommand } from './cli.ts';

const USAGE = `Usage: npm run start:func

Builds the app and runs it with Azure Functions Core Tools and the settings of local.settings.json.`;

await runCommand(async (onEnd) => {
  readFlags(USAGE, {});
  const func = coreTools();
  if (!func) {
    process.stderr.write(`Azure Functions Core Tools are not installed here.

They are an optional dependency (azure-functions-core-tools): npm skips them if their host cannot be downloaded.
  npm install azure-functions-core-tools     shows why that fails
  npm start                                  runs the app without them
`);
    return 1;
  }
  if (!existsSync('local.settings.json')) {
    process.stderr.write(`There is no local.settings.json. Create it, and fill in your own values:
  cp local.settings.sample.json local.settings.json\n`);
    return 1;
  }
  execFileSync(process.execPath, ['local/build.ts'], { stdio: 'inherit' });
  const host = spawn(process.execPath, [func, 'start'], { stdio: 'inherit' });
  onEnd(async () => void host.kill('SIGTERM'));
  return new Promise((resolve) => host.once('exit', (code) => resolve(code ?? 1)));
});

/** The path of the command `func`; undefined if the package or its host is not installed. */
function coreTools(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve('azure-functions-core-tools/package.json');
    const { bin } = z.object({ bin: z.object({ func: z.string() }) }).parse(JSON.parse(readFileSync(manifest, 'utf8')));
    const path = new URL(bin.func, `file://${manifest}`).pathname;
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
