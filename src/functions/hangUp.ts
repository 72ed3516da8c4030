import { HangUp } from '../lib/rules/calls/actions.ts';
import { actionFunction } from '../lib/triggers/queue-function.ts';

export default actionFunction('hang-up', HangUp, ({ calls }, { callLegId, leave = false }, as) =>
  calls.hangUp(callLegId, { leave }, as),
);
