import type { HttpBindings } from '@hono/node-server';
import type { Current } from '../service/current.ts';
import type { Api } from './api.ts';

/** What every route can read from Hono's context: `c.env` and `c.var`. */
export type Env = {
  Bindings: HttpBindings;
  Variables: {
    /** The service as it was when the request arrived. */
    current: Current;
    requestId: string;
    /** The request body as it was sent. */
    raw: Buffer;
    /** The API whose operation is requested. Not set for the control API and the phone page. */
    api?: Api;
    /** Whether a fault cut the connection instead of answering. */
    isLost?: true;
    /** The code of the error that the request is answered with. */
    code?: string;
  };
};
