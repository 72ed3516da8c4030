import { describe, expect, it } from 'vitest';
import type { ListType } from '../../src/lib/lists/list.ts';
import { importRecipients } from '../../src/lib/outages/import.ts';
import type { ImportReport } from '../../src/lib/rules/outages/import-report.ts';
import type { OutageSpec } from '../../src/lib/rules/outages/outage.ts';
import type { Recipient } from '../../src/lib/rules/outages/recipient.ts';
import { shardsOf } from '../../src/lib/rules/outages/shard.ts';
import { MemoryWorld, outageWith } from './support/memory-services.ts';
import { MemoryTables } from './support/memory-tables.ts';

/** The list as the network delivers it: in chunks, cut anywhere. */
async function* inPieces(csv: string, size = 7): AsyncIterable<Uint8Array> {
  const bytes = new TextEncoder().encode(csv);
  for (let start = 0; start < bytes.length; start += size) yield bytes.slice(start, start + size);
}

const world = (): MemoryWorld => new MemoryWorld();

async function imports(
  csv: string,
  spec: Partial<OutageSpec> = {},
  into = world(),
  type: ListType = 'text/csv',
): Promise<{ report: ImportReport; people: Recipient[] }> {
  const outage = outageWith({ shards: 2, ...spec });
  await into.services.outages.add(outage);
  const stored = await into.services.outages.read(outage.id);
  const report = await importRecipients(into.services, stored, inPieces(csv), type);
  const people: Recipient[] = [];
  for (const shard of shardsOf(outage)) {
    for await (const recipient of into.services.recipients.all(shard)) people.push(recipient);
  }
  return { report, people };
}

class CountedTables extends MemoryTables {
  commits = 0;
  override commit(...asked: Parameters<MemoryTables['commit']>): ReturnType<MemoryTables['commit']> {
    this.commits++;
    return super.commit(...asked);
  }
}

const numbersOf = (people: readonly Recipient[]): (string | undefined)[] =>
  people.map(({ identifier }) => identifier.phoneNumber?.value).sort();

const list = (...rows: string[]): string => ['phone', ...rows].join('\n');
const manyNumbers = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `+1425556${String(index).padStart(4, '0')}`);

describe('a list of people', () => {
  it('is imported with all its columns', async () => {
    const { people } = await imports('phone,name,timeZone,language,floor\n+14255550123,Ann,America/Denver,es,3\n');
    expect(people).toMatchObject([
      {
        identifier: { phoneNumber: { value: '+14255550123' } },
        name: 'Ann',
        timeZone: 'America/Denver',
        language: 'es',
        extra: { floor: '3' },
        phase: 'waiting',
        attempt: 0,
      },
    ]);
  });

  it('may have a byte order mark, quoted cells, spaces, empty lines and Windows line ends', async () => {
    const { report, people } = await imports(
      '\uFEFF"phone" , name\r\n" +14255550123 ","Ann ""the boss"", Miller"\r\n\r\n',
    );
    expect(report).toMatchObject({ added: 1, alreadyThere: 0, duplicates: 0, rejected: 0, rejections: [] });
    expect(people).toMatchObject([{ name: 'Ann "the boss", Miller' }]);
  });

  it('accepts numbers as people write them', async () => {
    const { people } = await imports(list('(425) 555-0123', '425.555.0124', '+44 20 7946 0958', '0044 1'));
    expect(numbersOf(people)).toEqual(['+14255550123', '+14255550124', '+442079460958']);
  });

  it('reads numbers without a country code as numbers of the outage’s country', async () => {
    expect(numbersOf((await imports(list('020 7946 0958'), { defaultCountry: 'GB' })).people)).toEqual([
      '+442079460958',
    ]);
  });

  it('may name users instead of phones', async () => {
    const { people } = await imports('communicationUserId,name\n8:acs:ann,Ann\n');
    expect(people).toMatchObject([{ identifier: { communicationUser: { id: '8:acs:ann' } }, name: 'Ann' }]);
  });

  it('that has one number in two notations has one person, who is called once', async () => {
    const { report } = await imports(list('+14255550123', '(425) 555-0123', '425 555 0123'));
    expect(report).toMatchObject({ added: 1, duplicates: 2, rejected: 0 });
  });

  it('that is sent again changes nothing', async () => {
    const again = world();
    await imports(list(...manyNumbers(120)), {}, again);
    const { report, people } = await imports(list(...manyNumbers(121)), {}, again);
    expect(report).toMatchObject({ added: 1, alreadyThere: 120 });
    expect(people).toHaveLength(121);
  });

  it('that is longer than one transaction is imported completely', async () => {
    const { report, people } = await imports(list(...manyNumbers(333)));
    expect(report).toMatchObject({ added: 333, alreadyThere: 0, rejected: 0 });
    expect(numbersOf(people)).toEqual(manyNumbers(333));
  });

  it('that is sent again costs a few conflicts, then one read of the ids', async () => {
    const tables = new CountedTables();
    const into = new MemoryWorld(tables);
    const long = list(...manyNumbers(5_000));
    await imports(long, {}, into);
    expect(tables.commits).toBeLessThan(110);
    tables.commits = 0;
    const { report } = await imports(`${long}\n+14255559999`, {}, into);
    expect(report).toMatchObject({ added: 1, alreadyThere: 5_000 });
    // The outage, its hold and its release; those that were under way when the first was refused; and the one who is new.
    expect(tables.commits).toBeLessThanOrEqual(3 + 16 + 1);
  });

  it('makes everybody due when the outage starts', async () => {
    const into = world();
    await imports(list('+14255550123'), { shards: 1, startAt: '2026-01-06T09:00:00Z' }, into);
    const [due] = await into.services.recipients.due({ outageId: 'storm', shard: 0 }, 'waiting', 10);
    expect(due?.at).toEqual(new Date('2026-01-06T09:00:00Z'));
  });
});

describe('a list as NDJSON', () => {
  const ndjson = (...lines: string[]) => imports(lines.join('\n'), {}, world(), 'application/x-ndjson');

  it('is imported with all its columns', async () => {
    const { report, people } = await ndjson(
      '\uFEFF{"phone":"(425) 555-0123","name":"Ann\u2028Zoë","timeZone":"America/Denver","floor":3,"isHome":true,"room":null}\r',
      '',
      '{"communicationUserId":"8:acs:bob"}',
    );
    expect(report).toMatchObject({ added: 2, rejected: 0 });
    expect(people).toHaveLength(2);
    expect(people).toContainEqual(
      expect.objectContaining({
        identifier: { phoneNumber: { value: '+14255550123' } },
        name: 'Ann\u2028Zoë',
        timeZone: 'America/Denver',
        extra: { floor: '3', isHome: 'true', room: '' },
      }),
    );
    expect(people).toContainEqual(expect.objectContaining({ identifier: { communicationUser: { id: '8:acs:bob' } } }));
  });

  it('names the same person as a CSV does', async () => {
    const into = world();
    await imports(list('+14255550123'), {}, into);
    const { report } = await imports('{"phone":14255550123}', {}, into, 'application/x-ndjson');
    expect(report).toMatchObject({ added: 0, alreadyThere: 1 });
  });

  it.each([
    ['{"phone":', 'is not JSON: it ends too early'],
    ['["+14255550123"]', 'is not a JSON object'],
    ['null', 'is not a JSON object'],
    ['{"phone":"+14255550123","name":{"first":"Ann"}}', 'name: must be a text or a number'],
    ['{"phone":"+14255550123","4255550123":[]}', '•••23: must be a text or a number'],
    ['{"name":"Ann"}', 'phone: is empty'],
  ])('rejects a row: %s', async (row, reason) => {
    const { report, people } = await ndjson('{"phone":"+14255550124"}', row, '{"phone":"+14255550125"}');
    expect(report).toMatchObject({ added: 2, rejected: 1, rejections: [{ line: 2, reason }] });
    expect(people).toHaveLength(2);
  });
});

describe('a rejected row', () => {
  it('is reported by line and reason, never by content; the other rows are kept', async () => {
    const { report, people } = await imports('phone,name\n+14255550123,Ann\nnot a phone,Bob\n,Eve\n+14255550124,Joe\n');
    expect(report).toMatchObject({
      added: 2,
      alreadyThere: 0,
      duplicates: 0,
      rejected: 2,
      rejections: [
        { line: 3, reason: 'phone: has letters' },
        { line: 4, reason: 'phone: is empty' },
      ],
    });
    expect(people).toHaveLength(2);
  });

  it.each(['911', '12', '+0123456789', '+491234', '+49123456789012345'])(
    'is one whose number cannot be dialled in E.164 form: %s',
    async (number) => {
      const { report, people } = await imports(list(number));
      expect(report).toMatchObject({ added: 0, rejected: 1 });
      expect(people).toEqual([]);
    },
  );

  it('is always counted, and at most a hundred are listed', async () => {
    const { report } = await imports(list(...Array.from({ length: 130 }, () => 'nobody')));
    expect(report.rejected).toBe(130);
    expect(report.rejections).toHaveLength(100);
  });
});

describe('an upload that is not a list', () => {
  it.each(['text/csv', 'application/x-ndjson'] as const)(
    'but a row of it never ends: that row is rejected, the others are kept: %s',
    async (type) => {
      const isCsv = type === 'text/csv';
      const row = (number: string): string => (isCsv ? `${number},Ann` : `{"phone":"${number}"}`);
      const rows = [row('+14255550123'), 'x'.repeat(50_000), row('+14255550124')];
      const { report } = await imports([...(isCsv ? ['phone,name'] : []), ...rows].join('\n'), {}, world(), type);
      const line = isCsv ? 3 : 2;
      expect(report).toMatchObject({ added: 2, rejections: [{ line, reason: 'is longer than 8 KB' }] });
    },
  );

  it('because the upload broke off is an error, not a short list; earlier rows are kept', async () => {
    async function* brokenOff(): AsyncIterable<Uint8Array> {
      yield new TextEncoder().encode('{"phone":"+14255550123"}\n');
      throw new Error('connection lost');
    }
    const into = world();
    await into.services.outages.add(outageWith());
    const stored = await into.services.outages.read('storm');
    const broken = importRecipients(into.services, stored, brokenOff(), 'application/x-ndjson');
    await expect(broken).rejects.toThrow('connection lost');
    const ids = await Promise.all(
      shardsOf({ id: 'storm', shards: 4 }).map((shard) => into.services.recipients.ids(shard)),
    );
    expect(ids.reduce((sum, { size }) => sum + size, 0)).toBe(1);
  });
});
