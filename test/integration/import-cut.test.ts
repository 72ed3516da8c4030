import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ImportReport } from '../../src/lib/rules/outages/import-report.ts';
import { Town } from './support/town.ts';

const PEOPLE = 3_000;
const CUTS = 4;

/** The Functions host gives a worker about 30 ms when it ends it: an import that runs then gets no answer. */
test('an import that is cut at any moment keeps whom it added, and the same list again adds the others once', async () => {
  const town = await Town.found();
  try {
    const outage = await town.declare([], { startAt: '2030-01-01T00:00:00.000Z' });
    const people = Array.from({ length: PEOPLE }, (_, index) => `8:acs:town_${index}`);
    const list = `communicationUserId\n${people.join('\n')}\n`;
    const send = async (): Promise<ImportReport> => {
      const response = await fetch(`${town.stack.url}/api/outages/${outage.id}/recipients`, {
        method: 'PUT',
        headers: { 'x-functions-key': town.stack.functionKey, 'content-type': 'text/csv' },
        body: list,
      });
      return ImportReport.parse(await response.json());
    };
    let cuts = 0;
    for (let attempt = 0; attempt < CUTS; attempt++) {
      const app = town.stack.app();
      const sent = send().then(
        () => true,
        () => false,
      );
      await pause(30 + Math.random() * 400);
      process.kill(app.pid, 'SIGKILL');
      await app.exited;
      if (!(await sent)) cuts++;
      await town.stack.restart();
    }
    expect(cuts).toBeGreaterThan(0);
    const { added, alreadyThere, duplicates, rejected } = await send();
    expect({ all: added + alreadyThere, duplicates, rejected }).toEqual({ all: PEOPLE, duplicates: 0, rejected: 0 });
    expect(await send()).toMatchObject({ added: 0, alreadyThere: PEOPLE });
    expect(await town.view(outage.id)).toMatchObject({ recipients: PEOPLE, states: { waiting: PEOPLE } });
  } finally {
    await town.close();
  }
}, 120_000);
