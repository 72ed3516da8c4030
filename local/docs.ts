import { writeFileSync } from 'node:fs';
import { readFlags, runCommand } from './cli.ts';
import { generatedDocs } from './generated-docs.ts';

/** A test sees to it that they are current. */
await runCommand(async () => {
  readFlags('Usage: npm run docs\n\nWrites the documents that are generated from the schemas.', {});
  for (const [file, text] of Object.entries(generatedDocs())) writeFileSync(file, text);
  return 0;
});
