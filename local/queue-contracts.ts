import type { z } from 'zod';
import {
  CancelMedia,
  HangUp,
  InviteParticipants,
  JoinCall,
  PlayAudio,
  RemoveParticipant,
  StartAttempt,
  StartRequestedCall,
} from '../src/lib/rules/calls/actions.ts';
import type { QueueName } from '../src/lib/storage/queue-store.ts';

/** What docs/queues.md shows besides the schema of a message. A test checks the examples against the schema. */
export type Contract = {
  readonly title: string;
  readonly description: string;
  readonly schema: z.ZodObject;
  readonly examples: readonly object[];
};

const LEG = '531f3600-481f-41c8-8a75-3e8b2e8e6200';
const AUDIO = 'https://example.org/audio/message.wav';
const SPEECH = { text: 'The power is back on.', voice: 'en-US-JennyNeural' };
const CONVERSATION = 'aHR0cHM6Ly9jb252LXVzc2MtMDIuY29udi5za3lwZS5jb20';

export const CONTRACTS: Readonly<Record<QueueName, readonly Contract[]>> = {
  'start-call': [
    {
      title: 'A call by hand',
      description:
        'Calls all targets, plays the audio and hangs up. A call to a phone waits for a free line. Operation: Create call.',
      schema: StartRequestedCall,
      examples: [
        { targets: [{ phoneNumber: { value: '+14255550123' } }], audioFileUri: AUDIO, requestId: 'test-call-1' },
        { targets: [{ phoneNumber: { value: '+14255550123' } }], speech: SPEECH },
      ],
    },
    {
      title: 'An attempt of an outage',
      description:
        'The dispatcher sends it when an attempt has a line. By hand it does nothing, unless the attempt is still waiting to be dialled. Operation: Create call.',
      schema: StartAttempt,
      examples: [{ outageId: 'storm-7', shard: 0, recipientId: '0a1b2c3d4e5f60718293', attempt: 1 }],
    },
  ],
  'join-call': [
    {
      title: 'Join a conversation',
      description:
        'Joins the call, plays the audio and leaves. Without audio it stays until a `hang-up` message. Operation: Join call.',
      schema: JoinCall,
      examples: [{ conversationId: CONVERSATION, audioFileUri: AUDIO }],
    },
  ],
  'play-audio': [
    {
      title: 'Play audio to a call',
      description: 'Operation: Play audio in call.',
      schema: PlayAudio,
      examples: [{ callLegId: LEG, audioFileUri: AUDIO, loop: false }],
    },
  ],
  'cancel-media': [
    {
      title: 'Stop the audio of a call',
      description: 'Operation: Cancel media processing.',
      schema: CancelMedia,
      examples: [{ callLegId: LEG }],
    },
  ],
  'invite-participants': [
    {
      title: 'Bring people into a call',
      description:
        'In call with `callLegId` (operation: Invite participant), or out of call with `conversationId` (operation: Invite participants).',
      schema: InviteParticipants,
      examples: [
        { callLegId: LEG, participants: [{ phoneNumber: { value: '+14255550134' } }] },
        { conversationId: CONVERSATION, participants: [{ communicationUser: { id: '8:acs:operator' } }] },
      ],
    },
  ],
  'remove-participant': [
    {
      title: 'Remove a person from a call',
      description: 'In call with `callLegId`, or out of call with `conversationId`. Operation: Remove participant.',
      schema: RemoveParticipant,
      examples: [
        { callLegId: LEG, participantId: 'de7539f7-019e-4934-a4c9-9a770e5e07bb' },
        { callLegId: LEG, participantId: '8:acs:operator' },
        { conversationId: CONVERSATION, participantId: 'de7539f7-019e-4934-a4c9-9a770e5e07bb' },
      ],
    },
  ],
  'hang-up': [
    {
      title: 'End a call',
      description: 'Operation: End a call.',
      schema: HangUp,
      examples: [{ callLegId: LEG }, { callLegId: LEG, leave: true }],
    },
  ],
};
