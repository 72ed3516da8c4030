import type { HttpResponseInit } from '@azure/functions';
import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import type { HttpFunction } from '../lib/triggers/functions.ts';
import { type Health, healthOf, healthWithout } from '../lib/views/health.ts';

const getHealth: HttpFunction = {
  ...httpFunction(OPERATIONS.getHealth, async (services) => answerOf(await healthOf(services))),
  handlerWithout: (problem) => async () => answerOf(healthWithout(problem)),
};

export default getHealth;

const answerOf = (health: Health): HttpResponseInit => ({
  status: health.status === 'ok' ? 200 : 503,
  jsonBody: health,
});
