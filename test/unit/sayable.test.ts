import { expect, it } from 'vitest';
import { mustBeSayable } from '../../src/lib/outages/sayable.ts';
import { MemoryWorld, outageWith } from './support/memory-services.ts';

it('an outage with keys is refused if the telephone service reports none, and one without keys is not', () => {
  const { services } = new MemoryWorld();
  const deaf = { ...services, calls: { ...services.calls, listens: false } };
  const outage = outageWith();
  expect(() => mustBeSayable(services, 'no', outage)).not.toThrow();
  expect(() => mustBeSayable(deaf, 'no', outage)).toThrow(/script\.keys: must be empty/);
  const silent = { ...outage, script: { ...outage.script, keys: {} } };
  expect(() => mustBeSayable(deaf, 'no', silent)).not.toThrow();
});
