import { once } from 'node:events';
import http, { type IncomingHttpHeaders } from 'node:http';
import { expect, test } from 'vitest';
import { CallClient } from '../../src/lib/call-automation/call-client.ts';

test('a call is requested on a new connection, because an idle one may close at that moment', async () => {
  const seen: [string | undefined, IncomingHttpHeaders['connection']][] = [];
  const server = http.createServer((request, response) => {
    seen.push([request.url?.split('?')[0], request.headers.connection]);
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end('{"callLegId":"leg-1","id":"1","status":"running"}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const client = new CallClient(`endpoint=http://127.0.0.1:${port}/;accesskey=c2VjcmV0`);
  await client.createCall({
    source: { communicationUser: { id: '8:acs:us' } },
    targets: [{ communicationUser: { id: '8:acs:them' } }],
    callbackUri: 'http://127.0.0.1/',
    requestedModalities: ['audio'],
    requestedCallEvents: [],
  });
  await client.playAudio('leg-1', { audioFileUri: 'http://127.0.0.1/message.wav' });
  expect(seen).toEqual([
    ['/calling/calls', 'close'],
    ['/calling/calls/leg-1/PlayAudio', 'keep-alive'],
  ]);
  server.close();
  server.closeAllConnections();
});
