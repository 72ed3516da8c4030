import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { DEVELOPMENT_KEY, readScript, startSimulator } from '../../simulator/simulator.ts';

const README = readFileSync(new URL('../../simulator/README.md', import.meta.url), 'utf8');

it('the commands in the README work when pasted into a shell', async () => {
  const blocks = [...README.matchAll(/```sh\n(.*?)```/gs)].map(([, block = '']) => block);
  const pasted = blocks.filter((block) => !block.startsWith('npm run'));
  expect(pasted).toHaveLength(5);
  const simulator = await startSimulator({ speed: 10 });
  try {
    const script = ['set -eu', ...pasted].join('\n').replaceAll('127.0.0.1:4280', new URL(simulator.url).host);
    const { stdout } = await promisify(execFile)('bash', ['-c', script]);
    expect(stdout).not.toContain('"code":"');
    const { calls } = simulator.calls();
    expect(calls).toHaveLength(1);
    expect(calls[0]?.people[0]).toMatchObject({ identity: '+14255550123', pressed: '12#' });
    expect(calls[0]?.operations).toMatchObject([{ operation: 'hangUp', status: 202 }]);
    const people = await (await fetch(`${simulator.url}/simulator/people`)).json();
    expect(people).toMatchObject({ people: { '8:acs:operator-1': ['answers after 2 s, talks 20 s'] }, seed: 7 });
  } finally {
    await simulator.close();
  }
});

it('the README shows the development key and valid descriptions of people', () => {
  expect(README).toContain(`accesskey=${DEVELOPMENT_KEY}`);
  const table = README.split(/\| words +\|/)[1]?.split('\n\n')[0] ?? '';
  const descriptions = table
    .split('\n')
    .slice(2)
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(.+?)`/g)].map(([, words = '']) => words));
  expect(descriptions.length).toBeGreaterThan(9);
  for (const words of descriptions) expect(() => readScript(words)).not.toThrow();
});
