import { httpFunction } from '../lib/api/http-function.ts';
import { OPERATIONS } from '../lib/api/operations.ts';
import { NotFoundError } from '../lib/base/errors.ts';
import { rejectedCsv } from '../lib/views/rejected-csv.ts';

export default httpFunction(OPERATIONS.getRejectedRows, async (services, { params }) => {
  const { outage } = await services.outages.read(params.id);
  const rejected = await services.rejectedRows.latest(outage.id);
  if (!rejected) throw new NotFoundError('No row of a list of this outage was rejected');
  return {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${outage.id}-rejected.csv"`,
    },
    body: rejectedCsv(rejected.header, rejected.rows),
  };
});
