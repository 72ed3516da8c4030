import { randomUUID } from 'node:crypto';
import { InvalidInputError } from '../errors.ts';
import { problemsOf } from '../problems.ts';
import type { Services } from '../services.ts';
import { declared, type Outage, OutageSpec } from './outage.ts';

/**
 * Puts an outage on record; the timer begins it when its time comes. One id is one outage, however often it is declared.
 * @throws InvalidInputError naming each field.
 */
export async function declareOutage(services: Services, body: unknown): Promise<{ outage: Outage; isNew: boolean }> {
  const spec = OutageSpec.safeParse(body);
  if (!spec.success) throw new InvalidInputError('The outage cannot be declared', problemsOf(spec.error));
  const id = spec.data.id ?? randomUUID();
  const outage = declared(spec.data, id, [...services.settings.callers], services.now());
  await services.lines.ensure(outage.callers, await services.lines.list());
  return services.outages.add(outage);
}

/** People were added to an outage: if it was over, it no longer is. */
export async function reopenOutage(services: Services, id: string): Promise<void> {
  const stored = await services.outages.read(id);
  if (stored.outage.state !== 'finished') return;
  await services.outages.save(stored, { ...stored.outage, state: 'running', finishedAt: undefined });
}
