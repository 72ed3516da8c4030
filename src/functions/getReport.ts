import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { NEXT_PART } from '../lib/rules/outages/report-parts.ts';
import { reportOf } from '../lib/views/report.ts';

export default httpFunction(OPERATIONS.getReport, async (services, { params, query }) => {
  const { outage } = await services.outages.read(params.id);
  const { csv, next } = await reportOf(services, outage, query);
  return {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${outage.id}.csv"`,
      ...(next !== undefined && { [NEXT_PART]: next }),
    },
    body: csv,
  };
});
