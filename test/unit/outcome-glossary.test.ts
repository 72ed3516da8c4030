import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OUTCOME_GLOSSARY } from '../../src/lib/rules/calls/outcome-glossary.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

describe('the glossary of outcomes', () => {
  it('gives each outcome its own name, label and meaning', () => {
    for (const member of ['outcome', 'label', 'means'] as const) {
      expect(new Set(OUTCOME_GLOSSARY.map((entry) => entry[member])).size).toBe(OUTCOME_GLOSSARY.length);
    }
  });

  it('ranks every answered outcome above every outcome that nobody answered', () => {
    const answered = OUTCOME_GLOSSARY.map(({ isAnswered }) => isAnswered);
    expect(answered).toEqual([...answered].sort((a, b) => Number(b) - Number(a)));
  });

  it('counts as told only people who answered', () => {
    expect(OUTCOME_GLOSSARY.filter(({ isTold, isAnswered }) => isTold && !isAnswered)).toEqual([]);
  });

  it('is quoted by the README word for word, in its order', () => {
    const rows = [...readme.matchAll(/^(\w+) {2,}\d+ {3}(.+)$/gm)].map(([, outcome, means]) => ({ outcome, means }));
    expect(rows.length).toBeGreaterThan(3);
    const quoted = new Set(rows.map(({ outcome }) => outcome));
    const glossary = OUTCOME_GLOSSARY.filter(({ outcome }) => quoted.has(outcome));
    expect(rows).toEqual(glossary.map(({ outcome, means }) => ({ outcome, means })));
  });
});
