import { beforeAll, describe, expect, it } from 'vitest';
import { problems } from './support/kql.ts';
import { queriesOf, queriesOfInfra } from './support/queries.ts';

/** Kusto's own language service reads the queries of the alerts and of the documents. */

const OF_ALERTS = queriesOfInfra();
const OF_DOCUMENTS = queriesOf('docs/operations.md');

// The first query takes seconds, because the language service builds its tables.
beforeAll(() => void problems('requests'), 180_000);

it('the queries of the alerts and of the document are found', () => {
  expect(OF_ALERTS.length).toBeGreaterThanOrEqual(4);
  expect(OF_DOCUMENTS.length).toBeGreaterThanOrEqual(5);
});

describe('a query', () => {
  it.each([...OF_ALERTS, ...OF_DOCUMENTS])(
    'parses, and names only tables and columns that exist: $where',
    ({ text }) => {
      expect(problems(text)).toEqual([]);
    },
  );

  it.each([
    ['table', 'trace | count', /'trace' does not refer to any known table/],
    ['column', 'traces | where operationName == "notifyOutages"', /'operationName' does not refer/],
    ['operator', 'traces | were message has "x"', /Query operator expected/],
    ['function', 'requests | summarize countof(success)', /countof/],
    ['type', 'requests | where resultCode >= 500', /not defined for the operand types string and long/],
    ['bracket', 'requests | where name in ("a", "b"', /Expected: \)/],
  ])('is refused for a wrong %s', (_what, broken, message) => {
    expect(problems(broken).join('\n')).toMatch(message);
  });
});
