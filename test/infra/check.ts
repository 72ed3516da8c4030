import { lint, restoreBicep, unformatted } from './bicep.ts';

/**
 * `npm run infra`: compiles, lints and checks the format of infra/ with the Bicep compiler. Fails on any warning. If the compiler
 * cannot be had, says so and succeeds; with `--required` it fails then, too.
 */

let bicep: string;
try {
  bicep = await restoreBicep();
} catch (error) {
  console.error(`infra/ is not checked by Bicep. ${error instanceof Error ? error.message : error}`);
  process.exit(process.argv.includes('--required') ? 1 : 0);
}

// Each compiles the template with its modules, and its parameters against them.
const found = await lint(bicep, 'infra/sample.bicepparam', {});
found.push(...(await lint(bicep, 'infra/main.bicepparam', { ACS_DATA_LOCATION: 'Europe' })));
for (const file of await unformatted(bicep))
  found.push(`infra/${file} : Warning: not formatted. Run: bicep format infra/${file}`);
for (const line of found) console.error(line);
// An old API version is only information: a file must not start to fail because time has passed.
const failed = found.filter((line) => !/ : Info /.test(line)).length > 0;
console.error(failed ? 'infra/: failed' : 'infra/: compiles without a warning');
process.exit(failed ? 1 : 0);
