import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const here = import.meta.dirname;
const functions = path.join(here, '../../src/functions');

const HANDLERS = [
  'startCall',
  'joinCall',
  'playAudio',
  'cancelMedia',
  'inviteParticipants',
  'removeParticipant',
  'hangUp',
];

/** Code without what a formatter decides. */
const bare = (code: string): string => code.replace(/\s+/g, '').replace(/,(?=[)\]}])/g, '');

const handlerIn = (code: string): string | undefined => /handler: ([\s\S]*?),?\n\}\);/.exec(code)?.[1];

describe('the simulated world runs the functions as they are:', () => {
  it.each(HANDLERS)('%s', async (name) => {
    const wiring = await readFile(path.join(here, 'wiring.ts'), 'utf8');
    const handler = handlerIn(await readFile(path.join(functions, `${name}.ts`), 'utf8'));
    // Copy the handler from src/functions to wiring.ts where this fails.
    expect(bare(wiring)).toContain(bare(handler ?? 'the file has no handler'));
  });
});
