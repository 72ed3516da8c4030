import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** The tests that the threat model names: a file and the title of a test in it. */
const NAMED = [...readFileSync('docs/threat-model.md', 'utf8').matchAll(/`(test\/\S+)` “([^”]+)”/g)].map(
  ([, file = '', title = '']) => ({ file, title }),
);

it('the threat model names a test for each attack, or says that there is none', () => {
  const text = readFileSync('docs/threat-model.md', 'utf8');
  const [, attacks = ''] = text.split('## Attacks');
  const rows = [...attacks.matchAll(/^\| (?!attack|---)(.*) \|$/gm)].map(([, row = '']) => row);
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) expect(row).toMatch(/(?:` “[^”]+”|\*open\*)$/);
  expect(rows.filter((row) => !row.endsWith('*open*'))).toHaveLength(NAMED.length);
});

it.each(NAMED)('there is a test “$title” in $file', ({ file, title }) => {
  expect(existsSync(file)).toBe(true);
  expect(readFileSync(file, 'utf8')).toContain(`'${title}'`);
});
