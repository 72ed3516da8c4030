import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { readSettings } from '../src/lib/config/settings.ts';
import { UsageError } from './cli.ts';

/** The file of settings that Azure Functions Core Tools read (Microsoft: local.settings.json). */
const SettingsFile = z.looseObject({ Values: z.record(z.string(), z.string()) });

/** A value of local.settings.sample.json that waits to be filled in: `<access key>`. */
const PLACEHOLDER = /<[^<>]+>/;

/**
 * Reads the app settings of a file like local.settings.sample.json.
 * @throws UsageError if it cannot be read; ConfigurationError naming each setting that is missing or wrong.
 */
export function settingsOfFile(file: string): Readonly<Record<string, string>> {
  const values = Object.entries(read(file).Values).filter(([, value]) => value !== '');
  const open = values.filter(([, value]) => PLACEHOLDER.test(value)).map(([name]) => name);
  if (open.length > 0) throw new UsageError(`${file}: fill in ${open.join(', ')}.`);
  const settings = Object.fromEntries(values);
  readSettings(settings);
  return settings;
}

function read(file: string): z.infer<typeof SettingsFile> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new UsageError(`--settings: ${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
  const parsed = SettingsFile.safeParse(json);
  if (!parsed.success) throw new UsageError(`--settings: ${file} needs the settings under Values, each a text.`);
  return parsed.data;
}
