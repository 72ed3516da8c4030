import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningAzurite, startAzurite } from '../../local/azurite.ts';
import { openTable } from '../../src/lib/storage/azure-tables.ts';
import { TABLES } from '../../src/lib/storage/table-store.ts';
import { ask } from './support/api.ts';
import { eventually } from './support/eventually.ts';
import { Town } from './support/town.ts';

const PASSPHRASE = 'correct horse battery staple';

type Run = { readonly code: unknown; readonly out: string; readonly err: string };

/** Runs the command as a person does, with the storage and the passphrase in the environment. */
async function backup(storage: string, ...args: readonly string[]): Promise<Run> {
  const env = { ...process.env, AzureWebJobsStorage: storage, RINGDOWN_BACKUP_PASSPHRASE: PASSPHRASE };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['local/backup.ts', ...args], { env });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = Object.assign({ code: 'none', stdout: '', stderr: '' }, error);
    return { code, out: stdout, err: stderr };
  }
}

async function succeeds(storage: string, ...args: readonly string[]): Promise<string> {
  const { code, out, err } = await backup(storage, ...args);
  expect(code, err).toBe(0);
  return out;
}

const everyTable = (connectionString: string) => TABLES.map((table) => openTable({ connectionString }, table));

/** Every row with the types of its values, without what the service decides. */
async function rowsOf(connectionString: string): Promise<object[]> {
  const rows: object[] = [];
  for (const client of everyTable(connectionString)) {
    await client.createTable();
    for await (const { etag: _e, timestamp: _t, ...row } of client.listEntities({ disableTypeConversion: true }))
      rows.push({ ...row, 'odata.metadata': undefined });
  }
  return rows;
}

const loseEverything = (connectionString: string) =>
  Promise.all(everyTable(connectionString).map((client) => client.deleteTable()));

let folder = '';
let made = 0;
const newFolder = (): string => join(folder, `backup-${made++}`);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringdown-backup-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** One value of each type that tables know, and texts that are hard to keep. */
const VALUES = {
  partitionKey: 'a b',
  rowKey: "due|waiting|2026-01-05T08:00:00.000Z|o'id",
  text: 'Zoë 🚒\n"quoted", =1+1',
  empty: '',
  link: `W/"datetime'2026-01-05T08%3A00%3A00.1234567Z'"`,
  int: { type: 'Int32', value: '7' },
  long: { type: 'Int64', value: '9007199254740993' },
  whole: { type: 'Double', value: 3_000_000_000 },
  double: { type: 'Double', value: 0.1 },
  yes: true,
  at: { type: 'DateTime', value: '2026-01-05T08:00:00.1234567Z' },
  guid: { type: 'Guid', value: '1a2b3c4d-0000-4000-8000-123456789abc' },
  bytes: { type: 'Binary', value: Buffer.from([0, 255, 10]).toString('base64') },
};

describe('a backup', { timeout: 60_000 }, () => {
  let azurite: RunningAzurite;
  let storage = '';
  let before: object[] = [];
  beforeAll(async () => {
    azurite = await startAzurite();
    storage = azurite.connectionString;
    const [outages, recipients] = everyTable(storage);
    await outages?.createTable();
    await recipients?.createTable();
    await outages?.createEntity(VALUES);
    // More than a page, in more than one partition, and a row that fills a request nearly by itself.
    const big = {
      partitionKey: 'p0',
      rowKey: 'big',
      ...Object.fromEntries([...'abcdefgh'].map((c) => [c, c.repeat(32_000)])),
    };
    await recipients?.createEntity(big);
    for (let start = 0; start < 1_200; start += 100) {
      const partitionKey = `p${Math.floor(start / 500)}`;
      const rows = Array.from({ length: 100 }, (_, index) => ({ partitionKey, rowKey: `r${start + index}`, n: index }));
      await recipients?.submitTransaction(rows.map((row) => ['create', row]));
    }
    before = await rowsOf(storage);
  });
  afterAll(() => azurite.stop());

  it.each(['--passphrase', '--key-file', '--plain'])('with %s gives every row back, with its types', async (how) => {
    const keyFile = join(folder, 'key');
    await writeFile(keyFile, randomBytes(32).toString('base64'));
    const protection = how === '--key-file' ? [how, keyFile] : [how];
    const to = newFolder();
    const exported = await succeeds(storage, 'export', to, '--json', ...protection);
    expect(JSON.parse(exported).exported).toContainEqual({ table: 'Recipients', rows: 1_201, changed: 0 });
    const written = Buffer.concat(await Promise.all((await readdir(to)).map((file) => readFile(join(to, file)))));
    expect(written.includes('quoted')).toBe(how === '--plain');

    await loseEverything(storage);
    const restored = await succeeds(storage, 'restore', to, ...(how === '--plain' ? [] : protection));
    expect(restored).toMatch(/^Recipients +1201$/m);
    expect(await rowsOf(storage)).toEqual(before);
  });

  it('goes into an account with rows only if told to', async () => {
    const to = newFolder();
    await backup(storage, 'export', to, '--plain');
    expect(await backup(storage, 'restore', to)).toMatchObject({
      code: 1,
      err: expect.stringContaining('Outages, Recipients have rows'),
    });
    await succeeds(storage, 'restore', to, '--into-used');
    expect(await rowsOf(storage)).toEqual(before);
  });

  it('that was changed, cut or mixed up, or whose passphrase is wrong, changes nothing', async () => {
    const [to, other] = [newFolder(), newFolder()];
    await backup(storage, 'export', to, '--passphrase');
    await backup(storage, 'export', other, '--passphrase');
    const target = await startAzurite();
    try {
      const file = join(to, 'Recipients.ndjson.sealed');
      const whole = await readFile(file);
      const changed = Buffer.from(whole);
      changed[1_000] = (changed[1_000] ?? 0) ^ 1;
      const refused = { code: 1, err: expect.stringContaining('cannot be opened') };
      for (const bytes of [changed, whole.subarray(0, -1), whole.subarray(0, 40)]) {
        await writeFile(file, bytes);
        expect(await backup(target.connectionString, 'restore', to, '--passphrase')).toMatchObject(refused);
      }
      await copyFile(join(other, 'Recipients.ndjson.sealed'), file);
      expect(await backup(target.connectionString, 'restore', to, '--passphrase')).toMatchObject(refused);
      expect(await backup(target.connectionString, 'restore', to)).toMatchObject({ code: 2 });
      await writeFile(file, whole);
      await rm(join(to, 'manifest.json'));
      expect(await backup(target.connectionString, 'restore', to, '--passphrase')).toMatchObject({ code: 1 });
      expect(await rowsOf(target.connectionString)).toEqual([]);
    } finally {
      await target.stop();
    }
  });

  it.each([
    [['export', 'x'], 'Say how to protect the backup'],
    [['export', 'x', '--plain', '--passphrase'], 'only one of'],
    [['import', 'x'], 'Use: export FOLDER'],
    [['export', 'local', '--plain'], 'is not empty'],
  ])('asked for with %j says what is wrong', async (args, problem) => {
    const { code, out, err } = await backup(storage, ...args);
    expect(err).toContain(problem);
    expect({ isRefused: code === 1 || code === 2, out }).toEqual({ isRefused: true, out: '' });
  });
});

it('an outage goes on from its backup after every table was lost, and nobody who was told is called again', async () => {
  const town = await Town.found();
  try {
    const { storage } = town.stack;
    const people = Array.from({ length: 8 }, () =>
      town.callee().answers().hears('message').presses('1').hears('thanks'),
    );
    const outage = await town.declare(people);
    const params = { id: outage.id };
    await eventually(async () => {
      await town.tick();
      expect((await town.view(outage.id)).states.done).toBeGreaterThan(1);
    });
    expect(await ask(town.stack, 'pauseOutage', { params })).toMatchObject({ status: 200 });
    await eventually(async () => expect((await town.view(outage.id)).states.calling).toBe(0), 30_000);
    const told = (await town.view(outage.id)).states.done;
    expect(told).toBeLessThan(people.length);

    const to = newFolder();
    await succeeds(storage, 'export', to, '--passphrase');
    const app = town.stack.app();
    process.kill(app.pid, 'SIGKILL');
    await app.exited;
    await loseEverything(storage);
    await succeeds(storage, 'restore', to, '--passphrase');
    await town.stack.restart();

    expect(await town.view(outage.id)).toMatchObject({ state: 'paused', states: { done: told } });
    expect(await ask(town.stack, 'resumeOutage', { params })).toMatchObject({ status: 200 });
    await outage.ended(60_000);
    for (const person of people) await outage.expectOutcome(person, 'acknowledged');
    town.nothingElseRang();
  } finally {
    await town.close();
  }
}, 120_000);
