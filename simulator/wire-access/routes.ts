import { Hono } from 'hono';
import { z } from 'zod';
import { Refusal } from '../base/refusal.ts';
import { answer } from '../http/answer.ts';
import { body } from '../http/body.ts';
import type { Env } from '../http/env.ts';
import { operation } from '../http/operation.ts';
import { API_GA } from '../wire-ga/api.ts';

/**
 * The access assignments of Teams Phone extensibility: which Teams resource accounts may call here (Microsoft: Access Teams
 * Phone without going through the Teams client, "Provide server consent"). The page has no errors but 404.
 */
export const routesAccess = new Hono<Env>();

const API_ACCESS = {
  operations: ['getAssignment', 'putAssignment', 'deleteAssignment'],
  isVersion: (version: string | undefined) => version === '2025-06-30',
  versions: '2025-06-30',
  error: API_GA.error,
} as const;

const ASSIGNMENT = '/access/teamsExtension/tenants/:tenantId/assignments/:objectId';

/** A person may have one too, which does not let an account call. */
const Assignment = z.looseObject({
  principalType: z.enum(['teamsResourceAccount', 'user']),
  clientIds: z.array(z.guid()).optional(),
});

routesAccess.get(ASSIGNMENT, operation(API_ACCESS, 'getAssignment'), (c) => {
  const { tenantId, objectId } = c.req.param();
  const principalType = c.var.current.world.assignments.get(objectId.toLowerCase());
  if (principalType === undefined) throw new Refusal(404, 'AssignmentNotFound', 'There is no such assignment');
  return answer(c, 200, { objectId, tenantId, principalType });
});

routesAccess.put(ASSIGNMENT, operation(API_ACCESS, 'putAssignment'), body(Assignment), (c) => {
  const { tenantId, objectId } = c.req.param();
  const { principalType } = c.req.valid('json');
  const { assignments } = c.var.current.world;
  const status = assignments.has(objectId.toLowerCase()) ? 200 : 201;
  assignments.set(objectId.toLowerCase(), principalType);
  return answer(c, status, { objectId, tenantId, principalType });
});

routesAccess.delete(ASSIGNMENT, operation(API_ACCESS, 'deleteAssignment'), (c) => {
  c.var.current.world.assignments.delete(c.req.param('objectId').toLowerCase());
  return answer(c, 204);
});
