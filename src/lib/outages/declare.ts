import { randomUUID } from 'node:crypto';
import { ConflictError, InvalidInputError } from '../base/errors.ts';
import { problemsOf } from '../base/problems.ts';
import { reopened } from '../rules/outages/lifecycle.ts';
import { declared, type Outage, OutageSpec } from '../rules/outages/outage.ts';
import type { Services } from '../services/services.ts';
import { changeOutage } from './change-outage.ts';
import { mustBeSayable } from './sayable.ts';

/**
 * Puts an outage on record; the timer begins it when its time comes. One id is one outage, however often it is declared.
 * @throws InvalidInputError naming each field; ConflictError if its id is that of an outage that was declared otherwise.
 */
export async function declareOutage(services: Services, body: unknown): Promise<{ outage: Outage; isNew: boolean }> {
  const spec = OutageSpec.safeParse(body);
  if (!spec.success) throw new InvalidInputError('The outage cannot be declared', problemsOf(spec.error));
  mustBeSayable(services, 'The outage cannot be declared', spec.data);
  const id = spec.data.id ?? randomUUID();
  const outage = declared(spec.data, id, [...services.settings.callers], services.now());
  await services.lines.ensure(outage.callers, await services.lines.list());
  const added = await services.outages.add(outage);
  const before = added.outage.declaration ?? outage.declaration;
  if (before !== outage.declaration) throw new ConflictError(`There is an outage ${id} already, declared otherwise`);
  return added;
}

/**
 * People were added to an outage: if it was over, it no longer is. Written even where nothing changes: whoever found
 * nobody left to call before these people were added, and is about to finish the outage, then finds that it has changed.
 */
export async function reopenOutage(services: Services, id: string): Promise<void> {
  await changeOutage(services, id, (outage) => ({ ...reopened(outage) }));
}
