import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { reportOf } from '../lib/views/report.ts';

export default httpFunction(OPERATIONS.getReport, async (services, { params }) => {
  const { outage } = await services.outages.read(params.id);
  return {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${outage.id}.csv"`,
    },
    body: reportOf(services, outage),
  };
});
