import { writeFileSync } from 'node:fs';
import { readFlags, runCommand } from './cli.ts';
import { generatedDocs } from './generated-docs.ts';

await runCommand(async () => {
  readFlags(
    'Usage: npm run docs\n\nWrites the documents that are generated from the schemas. CI fails if they are out of date.',
    {},
  );
  for (const [file, text] of Object.entries(generatedDocs())) writeFileSync(file, text);
  return 0;
});
