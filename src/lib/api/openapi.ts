import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import packageJson from '../../../package.json' with { type: 'json' };
import { ImportReport } from '../rules/outages/import-report.ts';
import { OutageSpec } from '../rules/outages/outage.ts';
import { CallView } from '../views/call-view.ts';
import { Health } from '../views/health.ts';
import { OptOutView } from '../views/opt-out-view.ts';
import { DeclaredOutage, OutageEntry, OutageView } from '../views/outage-view.ts';
import { RecipientView } from '../views/recipient-view.ts';
import { type Content, type Operation, refusalsOf, WRONG_KEY } from './operation.ts';
import { OPERATIONS } from './operations.ts';

/** The body of a refusal (RFC 9457). */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().describe('What is wrong, and what to do.'),
  errors: z.array(z.string()).optional().describe('One entry per field, for example `script.message: …`.'),
});

/** The HTTP API as OpenAPI 3.1, from the schemas that the code uses. */
export function openApi(): object {
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'Ringdown', version: packageJson.version, description: packageJson.description },
    servers: [{ url: '/api' }],
    security: [{ header: [] }],
    paths: paths(OPERATIONS),
    components: {
      securitySchemes: {
        header: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
      },
      schemas: {
        CallView,
        DeclaredOutage,
        Health,
        ImportReport,
        OptOutView,
        OutageEntry,
        OutageSpec,
        OutageView,
        Problem,
        RecipientView,
      },
    },
  });
}

function paths(operations: Readonly<Record<string, Operation>>): ZodOpenApiPathsObject {
  const all: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const [name, operation] of Object.entries(operations)) {
    const path = `/${operation.route}`;
    all[path] = { ...all[path], [operation.method.toLowerCase()]: described(name, operation) };
  }
  return all;
}

function described(operationId: string, operation: Operation): ZodOpenApiOperationObject {
  const { does, isAnonymous, params, query, body, answers } = operation;
  return {
    operationId,
    summary: does,
    ...(isAnonymous && { security: [] }),
    requestParams: { path: params, query },
    ...(body && { requestBody: { description: body.says, required: true, content: contentOf(body) } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [
          status,
          { description: answer.says, content: contentOf(answer) },
        ]),
      ),
      ...Object.fromEntries(Object.entries(refusalsOf(operation)).map(([status, why]) => [status, refusal(why)])),
      ...(!isAnonymous && { 401: { description: WRONG_KEY } }),
    },
  };
}

const contentOf = ({ types = {} }: Content) =>
  Object.fromEntries(Object.entries(types).map(([type, schema]) => [type, { schema }]));

const refusal = (why: string) => ({ description: why, content: { 'application/problem+json': { schema: Problem } } });
