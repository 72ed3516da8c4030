import type { ErrorStatus } from '../base/refusal.ts';
import type { ApiError } from '../http/api.ts';

/** Errors are nested in this API, and have numbers (Troubleshooting call end response codes, Call Automation). */
const ERRORS: Readonly<Record<string, readonly [status: ErrorStatus, code: string]>> = {
  CallNotFound: [404, '8522'],
  ConversationNotFound: [404, '8522'],
  ParticipantNotFound: [404, '8522'],
  CallNotEstablished: [400, '8501'],
  InvalidRequest: [400, '8523'],
  InvalidJson: [400, '8523'],
  UnsupportedApiVersion: [400, '8523'],
  TooManyRequests: [429, '8516'],
  Unauthorized: [401, '7509'],
  Forbidden: [403, '7504'],
  NotSupported: [405, '8520'],
  InternalServerError: [500, '9999'],
};

/** An error as this API answers it. */
function nestedError(status: ErrorStatus, code: string, message: string): ApiError {
  const [gaStatus, gaCode] = ERRORS[code] ?? [status, String(status)];
  return { status: gaStatus, code: gaCode, body: { error: { code: gaCode, message } } };
}

/** Today's API. */
export const API_GA = {
  operations: [
    'createCall',
    'joinCall',
    'getCall',
    'leaveCall',
    'hangUp',
    'playAudio',
    'cancelMediaProcessing',
    'listen',
    'stopListening',
    'inviteParticipants',
    'removeParticipant',
  ],
  /** The versions that have all of these operations. The SDK sends the version that it was built for. */
  isVersion: (version: string | undefined) =>
    version !== undefined && /^\d{4}-\d\d-\d\d$/.test(version) && version >= '2023-10-15',
  versions: 'a date from 2023-10-15 on',
  error: nestedError,
} as const;
