import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openApi } from '../../src/lib/api/openapi.ts';
import { OPERATIONS } from '../../src/lib/api/operations.ts';

const Document = z.looseObject({
  openapi: z.string(),
  paths: z.record(
    z.string(),
    z.record(z.string(), z.looseObject({ operationId: z.string(), responses: z.record(z.string(), z.unknown()) })),
  ),
});

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const result = await validator.validate(JSON.parse(JSON.stringify(openApi())));
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
    expect(validator.version).toBe('3.1');
  });

  it('describes each operation by its name, with every response', () => {
    const { paths } = Document.parse(JSON.parse(JSON.stringify(openApi())));
    for (const [name, { route, method, answers }] of Object.entries(OPERATIONS)) {
      const operation = paths[`/${route}`]?.[method.toLowerCase()];
      expect(operation?.operationId).toBe(name);
      expect(Object.keys(operation?.responses ?? {})).toEqual(expect.arrayContaining(Object.keys(answers)));
    }
  });

  it('declares exactly the path parameters of each route', () => {
    for (const { route, params } of Object.values(OPERATIONS)) {
      const parts = [...route.matchAll(/\{(\w+)\}/g)].map(([, part]) => part);
      expect(Object.keys(params.shape)).toEqual(parts);
    }
  });
});
