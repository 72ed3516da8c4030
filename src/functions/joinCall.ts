import { joinCall } from '../lib/calls/requested-calls.ts';
import { JoinCall } from '../lib/rules/calls/actions.ts';
import { queueFunction } from '../lib/triggers/queue-function.ts';

/** Joins a conversation that is already in progress. */
export default queueFunction('join-call', JoinCall, joinCall);
