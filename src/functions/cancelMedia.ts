import { CancelMedia } from '../lib/rules/calls/actions.ts';
import { actionFunction } from '../lib/triggers/queue-function.ts';

export default actionFunction('cancel-media', CancelMedia, ({ calls }, message, as) =>
  calls.cancelMediaProcessing(message.callLegId, message.operationContext, as),
);
