import { z } from 'zod';
import { better, Outcome } from './outcome.ts';
import { CallPurpose } from './purpose.ts';

/** The call as ACS reports it, in the only order in which it can move. `requested` is ours: no event has come yet. */
export const LegState = z.enum(['requested', 'establishing', 'established', 'terminating', 'terminated']);
export type LegState = z.infer<typeof LegState>;

/**
 * Where the script stands.
 * `ringing`     nobody has picked up yet.
 * `message`     the message is being played.
 * `waiting`     the message has ended; a key may still come.
 * `cancelling`  a key was pressed over the audio, which is being stopped; `next` follows.
 * `thanks`      acknowledged; the thanks are being played.
 * `inviting`    the operators' phones ring.
 * `talking`     an operator is in the call.
 * `unavailable` no operator answered; the callee is being told so, and may choose again.
 * `leaving`     we have asked to hang up.
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

/** What comes after the audio that a key interrupted. */
export const Next = z.enum(['thanks', 'operator', 'message']);

/** A call leg's row: all that the step function remembers of a call. Times are UTC, ISO 8601. */
export const CallLeg = z.object({
  callLegId: z.string(),
  conversationId: z.string().optional(),
  purpose: CallPurpose,
  state: LegState,
  stage: Stage,
  next: Next.optional(),
  /** Operation context of the audio that is playing. */
  audio: z.string().optional(),
  /** Operation context of the action whose effect we wait for; any other one has been overtaken by events. */
  awaits: z.string().optional(),
  /** Operation context of the last invitation of the operators. */
  invitation: z.string().optional(),
  /** Of its operators, who will not come: told one by one, or all at once. */
  refusedBy: z.array(z.string()).optional(),
  /** When an operator came into the call. */
  joinedAt: z.string().optional(),
  /** How often the message was started; how many actions were asked for, which numbers their contexts. */
  plays: z.number().int(),
  actions: z.number().int(),
  /** Somebody or something picked up. */
  answered: z.boolean(),
  /** They asked not to be called again, whatever else they pressed. */
  optOut: z.boolean().optional(),
  outcome: Outcome.optional(),
  reason: z.string().optional(),
  /** Time of the newest news of who is in the call: older news is stale. */
  participantsAt: z.string().optional(),
  /** Its number, where the service counts such news. */
  participantsSequence: z.number().int().optional(),
  /** By that news, an operator and the callee are both in the call. */
  isTogether: z.boolean().optional(),
  createdAt: z.string(),
  updatedAt: z.string(),
  endedAt: z.string().optional(),
});
export type CallLeg = z.infer<typeof CallLeg>;

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

/** Told by the service, or found out: see endedUnreported. */
export const isOver = (leg: CallLeg): boolean => leg.stage === 'ended';

/**
 * The leg of a call that the service knows no longer, and whose end it never reported. The state stays what was last told;
 * what is told later can still improve the outcome.
 */
export function endedUnreported(leg: CallLeg, now: Date): CallLeg {
  const outcome = better(leg.outcome, leg.answered ? 'answered' : 'unknown');
  const reason = outcome === leg.outcome ? leg.reason : 'its end was never reported';
  const at = now.toISOString();
  return { ...leg, stage: 'ended', awaits: undefined, outcome, reason, endedAt: at, updatedAt: at };
}
