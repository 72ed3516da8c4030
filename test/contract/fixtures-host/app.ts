/**
 * A small app with one function for each rule that test/contract/host*.test.ts checks. It is an ordinary Azure
 * Functions app and does not know the local host. Queue names come from app settings, so that each test has its own
 * queues. The app reports events to the test over the IPC channel of its process.
 */
import {
  app,
  type HttpRequest,
  type HttpResponseInit,
  type InvocationContext,
  output,
  type Timer,
  trigger,
} from '@azure/functions';

const starts = new Map<string, number>();

function tell(what: Record<string, unknown>): void {
  process.send?.({ type: 'fixture', at: Date.now(), ...what });
}

/** Answers with the request as the handler sees it. */
async function echo(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const body = Buffer.from(await request.arrayBuffer());
  return {
    status: 200,
    headers: { 'x-function': context.functionName },
    jsonBody: {
      function: context.functionName,
      method: request.method,
      url: request.url,
      params: request.params,
      query: Object.fromEntries(request.query),
      header: request.headers.get('x-test'),
      body: body.toString('base64'),
      traceParent: context.traceContext?.traceParent,
    },
  };
}

if (process.env['FIXTURE_STREAM'] === '1') app.setup({ enableHttpStream: true });
if (process.env['FIXTURE_BROKEN'] === '1') throw new Error('SOME_SETTING must be set');

const methods = ['GET', 'POST'] as const;
app.http('defaultRoute', { handler: echo });
if (process.env['FIXTURE_BROKEN'] === 'late') throw new Error('SOME_SETTING must be set');
app.http('items', { methods: [...methods], route: 'items/{id}', handler: echo });
app.http('itemsMine', { methods: ['GET'], route: 'items/mine', handler: echo });
app.http('itemsNumbered', { methods: ['GET'], route: 'items/{number:int}', handler: echo });
app.http('optional', { methods: ['GET'], route: 'optional/{first}/{second?}', handler: echo });
app.http('files', { methods: ['GET', 'HEAD'], route: 'files/{*path}', handler: echo });
app.http('putOnly', { methods: ['PUT'], route: 'shared', handler: echo });
app.http('deleteOnly', { methods: ['DELETE'], route: 'shared', handler: echo });
app.http('locked', { methods: ['GET'], authLevel: 'function', handler: echo });
app.http('lockedForAdmin', { methods: ['GET'], authLevel: 'admin', handler: echo });
app.http('switchedOff', { methods: ['GET'], handler: echo });
app.http('throws', {
  handler: () => {
    throw new Error('a secret of the app');
  },
});
app.generic('returnsNothing', { trigger: trigger.http({}), return: output.http({}), handler: () => undefined });
app.http('json', { handler: async (request) => ({ jsonBody: { got: await request.json() } }) });
app.http('text', { handler: async (request) => ({ status: 201, body: `got ${await request.text()}` }) });
app.http('bytes', { handler: () => ({ headers: { 'content-type': 'image/png' }, body: Buffer.from([0, 255, 128]) }) });
app.http('empty', { handler: () => ({}) });
app.http('cookies', {
  handler: () => ({
    cookies: [
      { name: 'one', value: 'a b', httpOnly: true, sameSite: 'Lax', maxAge: 60 },
      { name: 'two', value: '2', secure: true },
    ],
  }),
});
app.http('slow', {
  handler: async () => {
    tell({ event: 'slow-started' });
    await new Promise((resolve) => setTimeout(resolve, 700));
    return { body: 'done' };
  },
});
app.http('crash', {
  handler: () => {
    setTimeout(() => {
      throw new Error('escaped from a timer');
    });
    return {};
  },
});
app.http('says', {
  handler: (_request, context) => {
    context.log('a plain line');
    context.error('an error line');
    return {};
  },
});
app.hook.preInvocation((context) => {
  if (context.invocationContext.functionName === 'json') context.hookData['seen'] = true;
});
app.hook.postInvocation((context) => {
  const name = context.invocationContext.functionName;
  if (name === 'json') tell({ event: 'hooks', hookData: context.hookData });
});
app.hook.appStart(() => tell({ event: 'appStart' }));
app.hook.appTerminate(() => tell({ event: 'appTerminate' }));

interface Job {
  crash?: boolean;
  /** The first try that succeeds. */
  failUntil?: number;
  takeMs?: number;
}

/** Reports the message, then does what it says. */
async function work(message: unknown, context: InvocationContext): Promise<void> {
  const job: Job = typeof message === 'object' && message !== null ? message : {};
  const tries = (starts.get(JSON.stringify(message)) ?? 0) + 1;
  starts.set(JSON.stringify(message), tries);
  tell({ event: 'message', function: context.functionName, message, metadata: context.triggerMetadata, tries });
  if (job.crash && context.triggerMetadata?.['dequeueCount'] === 1) process.exit(3);
  if (job.takeMs) await new Promise((resolve) => setTimeout(resolve, job.takeMs));
  tell({ event: 'message-end', function: context.functionName, message });
  if (job.failUntil !== undefined && tries < job.failUntil) throw new Error(`try ${tries} fails`);
}

if (process.env['FIXTURE_QUEUE']) {
  app.storageQueue('work', { queueName: '%FIXTURE_QUEUE%', connection: 'FixtureStorage', handler: work });
}
if (process.env['FIXTURE_UNSET']) app.timer('unset', { schedule: '%NO_SUCH_SETTING%', handler: () => undefined });
if (process.env['FIXTURE_TIMER']) {
  app.timer('tick', {
    schedule: '%FIXTURE_TIMER%',
    runOnStartup: process.env['FIXTURE_TIMER_AT_START'] === '1',
    handler: async (timer: Timer) => {
      tell({ event: 'tick', timer });
      const takeMs = Number(process.env['FIXTURE_TIMER_TAKES'] ?? 0);
      await new Promise((resolve) => setTimeout(resolve, takeMs));
      tell({ event: 'tick-end' });
      throw new Error('every tick fails');
    },
  });
}
