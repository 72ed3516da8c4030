import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { declareOutage } from '../../../src/lib/outages/declare.ts';
import { importRecipients } from '../../../src/lib/outages/import.ts';
import { pauseOutage, restoreOutage } from '../../../src/lib/outages/steer.ts';
import type { Outage } from '../../../src/lib/rules/outages/outage.ts';
import type { Services } from '../../../src/lib/services/services.ts';
import { activityOf } from '../../../src/lib/views/activity.ts';
import { viewCall } from '../../../src/lib/views/call-view.ts';
import { viewCalls } from '../../../src/lib/views/calls-view.ts';
import { healthOf } from '../../../src/lib/views/health.ts';
import { calleeIn, viewOptOut } from '../../../src/lib/views/opt-out-view.ts';
import { listOutages, viewOutage } from '../../../src/lib/views/outage-view.ts';
import { pageOfRecipients, RecipientQuery } from '../../../src/lib/views/recipient-view.ts';
import { reportOf } from '../../../src/lib/views/report.ts';
import { viewReview } from '../../../src/lib/views/review-view.ts';

/**
 * The work of each route of docs/costs.md, in an order in which each can be done. Nothing is added to the list.
 * @param outage with few people and no call in progress.
 */
export function routeWork(services: Services, { id, script }: Outage): Record<string, () => Promise<unknown>> {
  const read = async (): Promise<Outage> => (await services.outages.read(id)).outage;
  const callee = calleeIn(services, { phone: '+14255550123' });
  return {
    'POST /outages': () => declareOutage(services, { title: 'Storm', launch: true, script }),
    'GET /outages': () => listOutages(services),
    'GET /outages/{id}': async () => viewOutage(services, await read()),
    'GET /outages/{id}/activity': async () => activityOf(services, await read()),
    'GET /outages/{id}/calls': async () => viewCalls(services, await read(), 20),
    'GET /outages/{id}/recipients': async () =>
      pageOfRecipients(services, await read(), RecipientQuery.parse({ limit: 100 })),
    'PUT /outages/{id}/recipients': async () =>
      importRecipients(services, await services.outages.read(id), Readable.from([Buffer.from('phone\n')]), 'text/csv'),
    'GET /outages/{id}/review': async () => viewReview(services, await read()),
    'GET /outages/{id}/report.csv': async () => reportOf(services, await read(), {}),
    'POST /outages/{id}/pause': async () => viewOutage(services, await pauseOutage(services, id)),
    'POST /outages/{id}/restore': async () =>
      viewOutage(services, await restoreOutage(services, id, { message: script.message })),
    'GET /calls/{callLegId}': () => viewCall(services.legs, randomUUID()).catch(() => undefined),
    'POST /opt-outs': async () => {
      await services.optOuts.add(callee.id, { at: services.now() });
      return viewOptOut(services, callee);
    },
    'POST /opt-outs/find': () => viewOptOut(services, callee),
    'POST /opt-outs/remove': () => services.optOuts.remove(callee.id),
    'GET /health': () => healthOf(services),
  };
}
