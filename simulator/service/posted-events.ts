import type { Json } from '../../src/lib/call-automation/casing.ts';
import type { KnownCallEventType } from '../../src/lib/call-automation/events.ts';

/** The events that the service posts, as types: an EventBody in the 2021 API, a CloudEventBody in today's API. */

export type EventBody = {
  id: string | null;
  topic: null;
  subject: string;
  data: Json;
  eventType: `Microsoft.Communication.${KnownCallEventType}`;
  eventTime: string;
  metadataVersion: null;
  dataVersion: null;
};

/** The event types of today's API, without their prefix. */
export const GA_EVENT_TYPES = [
  'CallConnected',
  'CallDisconnected',
  'CreateCallFailed',
  'ConnectFailed',
  'PlayStarted',
  'PlayCompleted',
  'PlayFailed',
  'PlayCanceled',
  'ContinuousDtmfRecognitionToneReceived',
  'AddParticipantSucceeded',
  'AddParticipantFailed',
  'RemoveParticipantSucceeded',
  'RemoveParticipantFailed',
  'ParticipantsUpdated',
] as const;
export type GaEventType = (typeof GA_EVENT_TYPES)[number];

export type CloudEventBody = {
  readonly id: string;
  readonly source: string;
  readonly type: `Microsoft.Communication.${GaEventType}`;
  readonly specversion: '1.0';
  readonly datacontenttype: 'application/json';
  readonly subject: string;
  readonly time: string;
  readonly data: { readonly callConnectionId: string; readonly [member: string]: unknown };
};
