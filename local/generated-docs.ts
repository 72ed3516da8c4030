import { z } from 'zod';
import { type Content, type Operation, refusalsOf } from '../src/lib/api/operation.ts';
import { OPERATIONS } from '../src/lib/api/operations.ts';
import { Settings2021, SettingsGa } from '../src/lib/config/settings.ts';
import { OutageSpec } from '../src/lib/rules/outages/outage.ts';
import { OutageView } from '../src/lib/views/outage-view.ts';
import { CONTRACTS, type Contract } from './queue-contracts.ts';

const NOTE = '<!-- Generated from the schemas by `npm run docs`. Edit those. -->';

/** The generated documents, by file. */
export function generatedDocs(): Record<string, string> {
  return {
    'docs/queues.md': queues(),
    'docs/configuration.md': configuration(),
    'docs/outage.md': outage(),
    'docs/http.md': http(),
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

function http(): string {
  const parts = Object.values(OPERATIONS).map((operation: Operation) => operationText(operation));
  return `${NOTE}

# The HTTP API

All routes are below \`/api\` and use JSON. Send a function key in the header \`x-functions-key\` or as \`?code=\`, unless the route
needs no key. Times are UTC, ISO 8601. The body of a refusal is problem details
([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)): \`detail\` says what is wrong, \`errors\` names each field. The answer to a wrong
key is 401 without a body, the answer to a body of more than 100 MB is 413. \`GET /api/openapi.json\` describes the same as OpenAPI 3.1.

${parts.join('\n')}`;
}

function operationText(operation: Operation): string {
  const { method, route, isAnonymous, does, params, query, body, answers } = operation;
  const asked = z.object({ ...params.shape, ...query.shape });
  const outcomes = [
    ...Object.entries(answers).map(([status, { says }]) => [status, says]),
    ...Object.entries(refusalsOf(operation)),
  ];
  return [
    `## ${method} /api/${route}`,
    `${does}${isAnonymous ? ' Needs no key.' : ''}`,
    ...(Object.keys(asked.shape).length > 0 ? [table(asked)] : []),
    ...(body ? [`Body (${Object.keys(body.types ?? {}).join(' or ')}): ${body.says}`] : []),
    `| answer | means |\n|---|---|\n${outcomes.map(([status, says]) => `| ${status} | ${says} |`).join('\n')}`,
    ...membersOf(answers[200]),
  ]
    .join('\n\n')
    .concat('\n');
}

/** What a JSON answer holds. What an outage is declared with has a document of its own. */
function membersOf(answer: Content | undefined): string[] {
  const schema = answer?.types?.['application/json'];
  if (!schema) return [];
  const rows = memberRows('', Shape.parse(z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' })));
  return rows.length > 0 ? [`| member of the answer | type | means |\n|---|---|---|\n${rows.join('\n')}`] : [];
}

function memberRows(prefix: string, shape: Shape): string[] {
  return Object.entries(shape.properties ?? {}).flatMap(([name, value]) => {
    const member = Shape.parse(value);
    const optional = shape.required?.includes(name) ? '' : '?';
    const means = member.description?.replace('; see below', '') ?? '';
    const row = `| \`${prefix}${name}${optional}\` | ${typeText(member)} | ${means} |`;
    if (prefix === '' && name in OutageSpec.shape && name in OutageView.shape) return [row];
    const inner = member.type === 'array' && member.items ? member.items : member;
    return [row, ...memberRows(`${prefix}${name}${member.type === 'array' ? '[]' : ''}.`, inner)];
  });
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
