import { app } from '@azure/functions';
import { endpoint } from '../lib/api/operation.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { services } from '../lib/services/compose.ts';
import { reportOf } from '../lib/views/report.ts';

app.http(
  'getReport',
  endpoint(OPERATIONS.getReport, async ({ params }) => {
    const { outage } = await services.outages.read(params.id);
    return {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="${outage.id}.csv"`,
      },
      body: reportOf(services, outage),
    };
  }),
);
