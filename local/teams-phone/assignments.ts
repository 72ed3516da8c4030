import { createCommunicationAuthPolicy, parseClientArguments } from '@azure/communication-common';
import {
  createDefaultHttpClient,
  createPipelineFromOptions,
  createPipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { z } from 'zod';
import type { Access } from '../../src/lib/call-automation/ga/client.ts';

/**
 * What the service says of one Teams resource account.
 * `assigned` it may call. `missing` nobody has made the assignment. `otherKind` there is one, for a person.
 * `denied`   our key or identity may not ask. `failed` no usable answer.
 */
export type Standing = 'assigned' | 'missing' | 'otherKind' | 'denied' | 'failed';

export type Assignment = {
  readonly account: string;
  readonly standing: Standing;
  /** Status and code, or why there is no answer. */
  readonly answer: string;
};

const Found = z.looseObject({ principalType: z.string() });
const Fault = z.looseObject({ error: z.looseObject({ code: z.string() }) });

const TIMEOUT_MS = 15_000;

/**
 * Asks whether ACS may call as this account (Microsoft: Access Teams Phone without going through the Teams client, "Provide
 * server consent").
 * @param tenant the id of the tenant of Teams.
 */
export async function assignmentOf(access: Access, tenant: string, account: string): Promise<Assignment> {
  const { url, credential } =
    'connectionString' in access
      ? parseClientArguments(access.connectionString)
      : parseClientArguments(access.endpoint, access.credential);
  const endpoint = url.replace(/\/+$/, '');
  const pipeline = createPipelineFromOptions({ userAgentOptions: { userAgentPrefix: 'ringdown' } });
  pipeline.addPolicy(createCommunicationAuthPolicy(credential), { phase: 'Sign' });
  const request = createPipelineRequest({
    url: `${endpoint}/access/teamsExtension/tenants/${tenant}/assignments/${account}?api-version=2025-06-30`,
    method: 'GET',
    timeout: TIMEOUT_MS,
    allowInsecureConnection: endpoint.startsWith('http:'),
  });
  try {
    return { account, ...standingIn(await pipeline.sendRequest(createDefaultHttpClient(), request)) };
  } catch (error) {
    // Its message may name the address, which is no secret.
    return { account, standing: 'failed', answer: error instanceof Error ? error.message : String(error) };
  }
}

function standingIn({ status, bodyAsText }: PipelineResponse): Omit<Assignment, 'account'> {
  const body = parsed(bodyAsText);
  const fault = Fault.safeParse(body);
  const answer = [status, fault.success ? fault.data.error.code : undefined].filter(Boolean).join(' ');
  if (status === 404) return { standing: 'missing', answer };
  if (status === 401 || status === 403) return { standing: 'denied', answer };
  const found = Found.safeParse(body);
  if (status !== 200 || !found.success) return { standing: 'failed', answer };
  return { standing: found.data.principalType === 'teamsResourceAccount' ? 'assigned' : 'otherKind', answer };
}

function parsed(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
