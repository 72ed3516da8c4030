import { z } from 'zod';
import { CallEnding } from '../../call-automation/meaning.ts';
import { SILENT } from './endings.ts';
import { better, Outcome } from './outcome.ts';
import { CallPurpose } from './purpose.ts';

/**
 * The state that ACS reports, in the only order in which it can change. `requested` is ours: no event has arrived yet.
 */
export const LegState = z.enum(['requested', 'establishing', 'established', 'terminating', 'terminated']);
export type LegState = z.infer<typeof LegState>;

/**
 * The current step of the script.
 * `ringing`     nobody has answered yet.
 * `message`     the message is being played.
 * `waiting`     the message has ended; a key may still come.
 * `cancelling`  a key was pressed during the audio, which is being stopped; `next` follows.
 * `thanks`      acknowledged; the thanks are being played.
 * `inviting`    the operators' phones ring.
 * `talking`     an operator is in the call.
 * `unavailable` no operator answered; the callee hears that and may choose again.
 * `leaving`     we have sent a hang-up.
 * `ended`       the call is over.
 */
export const Stage = z.enum([
  'ringing',
  'message',
  'waiting',
  'cancelling',
  'thanks',
  'inviting',
  'talking',
  'unavailable',
  'leaving',
  'ended',
]);
export type Stage = z.infer<typeof Stage>;

/** What follows the audio that a key interrupted. */
export const Next = z.enum(['thanks', 'operator', 'message']);

/** A call leg's row: everything the step function remembers about a call. Times are UTC, ISO 8601. */
export const CallLeg = z.object({
  callLegId: z.string(),
  conversationId: z.string().optional(),
  purpose: CallPurpose,
  state: LegState,
  stage: Stage,
  next: Next.optional(),
  /** Operation context of the audio that is playing. */
  audio: z.string().optional(),
  /** Operation context of the action whose effect we wait for. Every other action is obsolete. */
  awaits: z.string().optional(),
  /** Operation context of the latest invitation of the operators. */
  invitation: z.string().optional(),
  /** The operators of that invitation who declined or did not answer. */
  refusedBy: z.array(z.string()).optional(),
  /** The operators who were called in this call and declined or did not answer, by whichever invitation. */
  dialled: z.array(z.string()).optional(),
  /** When an operator joined the call. */
  joinedAt: z.string().optional(),
  /** How often the message was started, and how many actions were requested; the latter numbers their contexts. */
  plays: z.number().int(),
  actions: z.number().int(),
  /** A person or a machine answered. */
  answered: z.boolean(),
  /** Evidence that they heard something: an event says that audio began or ran to its end, or a key was pressed. */
  hasHeard: z.boolean().optional(),
  /** The callee asked not to be called again, whatever else they pressed. */
  optOut: z.boolean().optional(),
  outcome: Outcome.optional(),
  reason: z.string().optional(),
  /** What the service said of the end of a call that nobody answered. */
  ending: CallEnding.optional(),
  /** The codes of its end, answered or not, for people. */
  codes: z
    .string()
    .optional()
    .describe('How the call ended, in codes: of the service, and of the telephone network if it says so.'),
  /** Time of the newest participant list: older lists are stale. */
  participantsAt: z.string().optional(),
  /** Its sequence number, if the service sends one. */
  participantsSequence: z.number().int().optional(),
  /** By that list, an operator and the callee are both in the call. */
  isTogether: z.boolean().optional(),
  createdAt: z.string(),
  updatedAt: z.string(),
  endedAt: z.string().optional(),
});
export type CallLeg = z.infer<typeof CallLeg>;

/** A leg about which no event has arrived yet. */
export function newCallLeg(callLegId: string, purpose: CallPurpose, now: Date): CallLeg {
  const at = now.toISOString();
  return {
    callLegId,
    purpose,
    state: 'requested',
    stage: 'ringing',
    plays: 0,
    actions: 0,
    answered: false,
    createdAt: at,
    updatedAt: at,
  };
}

/** The service reported its end, or the timer found it: see endedUnreported. */
export const isOver = (leg: CallLeg): boolean => leg.stage === 'ended';

export const UNREPORTED_END = 'its end was never reported';

/**
 * Ends the leg of a call that the service no longer knows and whose end it never reported. The state stays as last
 * reported; later events can still improve the outcome.
 * @param hasHeard there is evidence that the callee heard something, if anybody answered.
 * @param why it counts as ended.
 */
export function endedUnreported(leg: CallLeg, hasHeard: boolean, now: Date, why: string = UNREPORTED_END): CallLeg {
  const outcome = better(leg.outcome, endingUnreported(leg, hasHeard));
  const reason = outcome === 'failed' ? SILENT : why;
  const at = now.toISOString();
  const ended = { ...leg, stage: 'ended', awaits: undefined, endedAt: at, updatedAt: at } as const;
  return outcome === leg.outcome ? ended : { ...ended, outcome, reason };
}

function endingUnreported({ answered }: CallLeg, hasHeard: boolean): Outcome {
  if (!answered) return 'unknown';
  return hasHeard ? 'answered' : 'failed';
}
