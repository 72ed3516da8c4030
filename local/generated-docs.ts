import { z } from 'zod';
import { Settings2021, SettingsGa } from '../src/lib/config.ts';
import { OutageSpec } from '../src/lib/outages/outage.ts';
import { CONTRACTS, type Contract } from './queue-contracts.ts';

const NOTE = '<!-- Generated from the schemas by `npm run docs`. Edit those. -->';

/** The generated documents, by file. */
export function generatedDocs(): Record<string, string> {
  return {
    'docs/queues.md': queues(),
    'docs/configuration.md': configuration(),
    'docs/outage.md': outage(),
  };
}

function queues(): string {
  const parts = Object.entries(CONTRACTS).map(
    ([queue, contracts]) => `## \`${queue}\`\n\n${contracts.map(contractText).join('\n')}`,
  );
  return `${NOTE}

# Queues

Every call action is asked for by a message on its queue: by the app itself, or by anybody with access to the storage
account. Messages are plain JSON. One that does not fit its schema is tried five times, each time logging why, and then
kept on \`<queue>-poison\`.

An action is asked for once for each \`operationContext\` of a call: the same message again does nothing.

In Azure:

\`\`\`sh
az storage message put --account-name <account> --auth-mode login --queue-name start-call --content '<message>'
\`\`\`

On your machine, while \`npm start\` runs:

\`\`\`sh
npm run -s enqueue -- start-call '<message>' --storage '<connection string that npm start printed>'
\`\`\`

${parts.join('\n')}`;
}

function contractText({ title, says, schema, examples }: Contract): string {
  const shown = examples.map((example) => `\`\`\`json\n${JSON.stringify(example)}\n\`\`\`\n`).join('\n');
  return `### ${title}\n\n${says}\n\n${table(schema)}\n\n${shown}`;
}

function outage(): string {
  return `${NOTE}

# An outage

The body of \`POST /api/outages\` and of a file for \`npm run demo -- --outage FILE\` (where \`{audio}\` stands for wherever the
demo serves its audio). People are added with \`PUT /api/outages/{id}/recipients\`: a CSV (\`text/csv\`) with a header row and the column
\`phone\` or \`communicationUserId\`; \`name\`, \`timeZone\` and \`language\` are known, any other column is kept. Or the same as NDJSON
(\`application/x-ndjson\`), an object a line. A list may have 100 MB; a row, 8 KB.

${table(OutageSpec)}

## \`script\`

${table(OutageSpec.shape.script)}

## \`quietHours\`

${table(OutageSpec.shape.quietHours.unwrap())}

## \`retry\`

An outcome with a delay (seconds) is tried again after it, until \`maxAttempts\`; one without ends the matter.

${table(OutageSpec.shape.retry)}
`;
}

function configuration(): string {
  return `${NOTE}

# Configuration

The app reads these settings when it starts, and does not start unless all are right: it lists every one that is not.

## \`CALL_AUTOMATION_API=2021-04-15-preview1\`, the default

${table(Settings2021)}

## \`CALL_AUTOMATION_API=ga\`

What to create in Azure, and how the two differ: [acs.md](acs.md).

${table(SettingsGa)}
`;
}

/** A JSON Schema, as far as it matters for a table of members. */
const Shape = z.looseObject({
  type: z.string().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  get items() {
    return Shape.optional();
  },
  get anyOf() {
    return z.array(Shape).optional();
  },
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
});
type Shape = z.infer<typeof Shape>;

function table(schema: z.ZodType): string {
  const { properties = {}, required = [] } = Shape.parse(
    z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
  );
  const rows = Object.entries(properties).map(([name, value]) => {
    const member = Shape.parse(value);
    const must = required.includes(name) ? 'yes' : member.default === undefined ? '' : code(member.default);
    return `| \`${name}\` | ${typeText(member)} | ${must} | ${member.description ?? ''} |`;
  });
  return ['| member | type | required, or default | means |', '|---|---|---|---|', ...rows].join('\n');
}

const code = (value: unknown): string => `\`${JSON.stringify(value)}\``;

function typeText({ type, enum: values, const: value, items, anyOf }: Shape): string {
  if (value !== undefined) return code(value);
  if (anyOf) return anyOf.map(typeText).join(' or ');
  if (values) return values.map(code).join(' ');
  if (type === 'array') return `list of ${items ? typeText(items) : 'anything'}`;
  return type ?? '';
}
