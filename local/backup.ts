import { readFile } from 'node:fs/promises';
import type { TableName } from '../src/lib/storage/table-store.ts';
import { type Exported, exportTables } from './backup/export.ts';
import { restoreTables } from './backup/restore.ts';
import type { Secret } from './backup/seal.ts';
import { parsedArgs, runCommand, UsageError } from './cli.ts';
import { STORAGE_FLAGS, STORAGE_HELP, storageOf } from './storage-flags.ts';
import { tableText } from './table-text.ts';

const USAGE = `Usage: npm run -s backup -- export FOLDER (--passphrase | --key-file FILE | --plain) [flags]
       npm run -s backup -- restore FOLDER [--passphrase | --key-file FILE] [flags]

Copies every table of Ringdown to a folder, and back into an empty account (docs/operations.md).
  export    writes one file for each table to a new folder
  restore   checks the whole backup, then writes its rows

  --passphrase     encrypt with the passphrase in the environment's RINGDOWN_BACKUP_PASSPHRASE
  --key-file FILE  encrypt with a key: 32 bytes in base64, made with: openssl rand -base64 32
  --plain          do not encrypt: anybody who gets the folder can read it
  --into-used      restore into tables that have rows: the same rows are replaced, others stay
${STORAGE_HELP}
  --json           print one JSON value
  --help           this text

Exit codes: 0 done, 1 failed, 2 wrong arguments.`;

await runCommand(async () => {
  const { values, positionals } = parsedArgs({
    ...STORAGE_FLAGS,
    passphrase: { type: 'boolean' },
    'key-file': { type: 'string' },
    plain: { type: 'boolean' },
    'into-used': { type: 'boolean' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const [command, folder, ...more] = positionals;
  const isKnown = command === 'export' || command === 'restore';
  if (!isKnown || folder === undefined || more.length > 0)
    throw new UsageError('Use: export FOLDER, or restore FOLDER.');
  const storage = storageOf(values);
  const secret = await secretOf(values);
  const progress = progressLine();
  if (command === 'restore') {
    const intoUsed = values['into-used'] ?? false;
    const restored = await restoreTables(storage, folder, secret, { intoUsed, onRows: progress });
    print(
      values.json,
      { restored },
      tableText(
        ['table', 'rows'],
        restored.map(({ table, rows }) => [table, `${rows}`]),
      ),
    );
    return 0;
  }
  if (!secret && !values.plain)
    throw new UsageError('Say how to protect the backup: --passphrase, --key-file FILE or --plain.');
  const exported = await exportTables(storage, folder, secret, progress);
  const rows = exported.map(({ table, rows, changed }) => [table, `${rows}`, `${changed}`]);
  print(values.json, { exported }, tableText(['table', 'rows', 'changed meanwhile'], rows));
  warnOfChanges(exported);
  return 0;
});

type SecretFlags = { passphrase?: boolean | undefined; 'key-file'?: string | undefined; plain?: boolean | undefined };

/** @throws UsageError if there are two, or what they name is not usable. */
async function secretOf({ passphrase, 'key-file': keyFile, plain }: SecretFlags): Promise<Secret | undefined> {
  if ([passphrase, keyFile, plain].filter(Boolean).length > 1)
    throw new UsageError('Use only one of --passphrase, --key-file and --plain.');
  if (keyFile !== undefined) {
    const key = Buffer.from(await readFile(keyFile, 'utf8'), 'base64');
    if (key.length !== 32) throw new UsageError(`${keyFile} must hold 32 bytes in base64.`);
    return { key };
  }
  if (!passphrase) return undefined;
  const given = process.env['RINGDOWN_BACKUP_PASSPHRASE'] ?? '';
  if (given.length < 12) throw new UsageError('RINGDOWN_BACKUP_PASSPHRASE must have at least 12 characters.');
  return { passphrase: given };
}

function print(isJson: boolean | undefined, value: object, text: string): void {
  process.stdout.write(`${isJson ? JSON.stringify(value) : text}\n`);
}

/** Shows the rows so far on stderr, every two seconds. */
function progressLine(): (table: TableName, rows: number) => void {
  let at = Date.now();
  return (table, rows) => {
    if (Date.now() - at < 2_000) return;
    at = Date.now();
    process.stderr.write(`${table}: ${rows} rows\n`);
  };
}

function warnOfChanges(exported: readonly Exported[]): void {
  if (exported.every(({ changed }) => changed === 0)) return;
  process.stderr.write(
    'Rows changed while they were read, so the backup may hold some rows of before and some of after a change. Pause the outages, wait for their calls to end, and export again.\n',
  );
}
