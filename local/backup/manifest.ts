import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TABLES, type TableName } from '../../src/lib/storage/table-store.ts';

/** What a backup is: written last, so a folder without it is an export that did not finish. */
export const Manifest = z.object({
  format: z.literal(1),
  createdAt: z.string(),
  /** Base64. Absent: the backup is not encrypted. */
  salt: z.string().optional(),
  tables: z.array(z.object({ table: z.enum(TABLES), rows: z.number().int().nonnegative() })),
});
export type Manifest = z.infer<typeof Manifest>;

const NAME = 'manifest.json';

export const fileOf = (folder: string, table: TableName, isSealed: boolean): string =>
  join(folder, `${table}.ndjson${isSealed ? '.sealed' : ''}`);

/** What the bytes of a file are: no file can take the place of another, of the same backup or another one. */
export const sealOf = ({ createdAt }: Pick<Manifest, 'createdAt'>, table: TableName): string =>
  `ringdown backup ${createdAt} ${table}`;

export const writeManifest = (folder: string, manifest: Manifest): Promise<void> =>
  writeFile(join(folder, NAME), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });

/** @throws Error if the folder holds no backup that this version reads. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, NAME), 'utf8').catch(() => {
    throw new Error(`${folder} has no ${NAME}: it is no backup, or its export did not finish.`);
  });
  const read = Manifest.safeParse(JSON.parse(text));
  if (!read.success) throw new Error(`${NAME} is not one that this version reads.`);
  return read.data;
}
