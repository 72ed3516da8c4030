import { randomUUID } from 'node:crypto';
import { ConflictError, InvalidInputError } from '../base/errors.ts';
import { problemsOf } from '../base/problems.ts';
import { mustBeReachable } from '../call-automation/reach.ts';
import { mustBeCallable } from '../rules/must-be-callable.ts';
import { callerProblems } from '../rules/outages/callers.ts';
import { contradictions, declared, type Outage, OutageSpec } from '../rules/outages/outage.ts';
import type { Services } from '../services/services.ts';
import { callersOf } from './callers-of.ts';
import { mustBeSayable } from './sayable.ts';

/**
 * Stores an outage; the timer starts it when it is due. Idempotent for the same id and body.
 * @throws InvalidInputError naming each field; ConflictError if the id belongs to an outage with another declaration.
 */
export async function declareOutage(services: Services, body: unknown): Promise<{ outage: Outage; isNew: boolean }> {
  const spec = OutageSpec.safeParse(body);
  if (!spec.success) throw new InvalidInputError('The outage cannot be declared', problemsOf(spec.error));
  mustBeSayable(services, 'The outage cannot be declared', spec.data);
  const { operators } = spec.data.script;
  mustBeCallable(services.settings.numbers, 'The outage cannot be declared', 'script.operators', operators);
  const id = spec.data.id ?? randomUUID();
  const outage = declared(spec.data, id, [...services.settings.callers], services.now());
  const callers = outage.callers.map(({ number }) => number);
  mustBeReachable(services.calls, callers, 'The outage cannot be declared', 'script.operators', operators);
  const problems = [
    ...contradictions(outage, services.now()),
    ...callerProblems(spec.data.callers ?? [], services.settings.callers),
  ];
  // A declaration that is repeated after its outage expired, or the settings changed, gets the same answer as before.
  if (problems.length > 0 && !(await services.outages.find(id))) {
    throw new InvalidInputError('The outage cannot be declared', problems);
  }
  await services.lines.ensure(callersOf(services, outage), await services.lines.list());
  const added = await services.outages.add(outage);
  const before = added.outage.declaration ?? outage.declaration;
  if (before !== outage.declaration)
    throw new ConflictError(`There is an outage ${id} already, with another declaration`);
  return added;
}
