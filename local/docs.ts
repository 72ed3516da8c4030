import { writeFileSync } from 'node:fs';
import { generatedDocs } from './generated-docs.ts';

/** `npm run docs`: writes the documents that are generated from the schemas. A test sees to it that they are current. */
for (const [file, text] of Object.entries(generatedDocs())) writeFileSync(file, text);
