/** What the management API says, as the page uses it (docs/http.md). */

export type OutageState =
  | 'scheduled'
  | 'running'
  | 'paused'
  | 'cancelling'
  | 'restoring'
  | 'finished'
  | 'cancelled'
  | 'restored';

export type Outcome =
  | 'cancelled'
  | 'unknown'
  | 'failed'
  | 'declined'
  | 'busy'
  | 'noAnswer'
  | 'answered'
  | 'heard'
  | 'connected'
  | 'optedOut'
  | 'acknowledged';

export type Action = 'pause' | 'resume' | 'cancel' | 'restore' | 'patch' | 'upload';
export type Sound = string | { readonly text: string; readonly voice: string };

export type Listed = {
  readonly id: string;
  readonly title: string;
  readonly state: OutageState;
  readonly createdAt: string;
  readonly startAt?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly allClearFor?: string;
  readonly allClearBy?: string;
};

export type Outage = Listed & {
  readonly expiresAt?: string;
  readonly estimate?: string;
  readonly actions: readonly Action[];
  readonly recipients: number;
  readonly states: Readonly<Record<'waiting' | 'calling' | 'done', number>>;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly attempts: number;
  readonly callsInFlight: number;
  readonly lines: number;
  readonly forecast?: { readonly endsAt: string; readonly perMinute: number };
  readonly script: { readonly message: Sound; readonly thanks?: Sound; readonly unavailable?: Sound };
  readonly maxConcurrentCalls?: number;
};

export type Minute = { readonly at: string; readonly ended: number; readonly answered: number };

type Person = {
  readonly recipientId: string;
  readonly phone?: string;
  readonly communicationUserId?: string;
  readonly name?: string;
};

export type InFlight = Person & { readonly attempt: number; readonly callLegId?: string; readonly since?: string };
export type Ended = Person & {
  readonly attempt: number;
  readonly outcome: Outcome;
  readonly reason?: string;
  readonly callLegId?: string;
  readonly at: string;
};
export type Calls = { readonly inFlight: readonly InFlight[]; readonly latest: readonly Ended[] };

export type Timeline = {
  readonly callLegId: string;
  readonly stage: string;
  readonly outcome?: Outcome;
  readonly reason?: string;
  readonly timeline: readonly {
    readonly at: string;
    readonly kind: 'event' | 'action';
    readonly name: string;
    readonly detail?: string;
    readonly status?: string;
  }[];
};

export type Recipient = Person & {
  readonly state: 'waiting' | 'calling' | 'done';
  readonly outcome?: Outcome;
  readonly reason?: string;
  readonly endedAt?: string;
  readonly attempts: readonly {
    readonly attempt: number;
    readonly outcome: Outcome;
    readonly callLegId?: string;
    readonly at: string;
  }[];
};
export type Recipients = { readonly recipients: readonly Recipient[]; readonly cursor?: string };

export type ImportReport = {
  readonly added: number;
  readonly alreadyThere: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly rejections: readonly { readonly line: number; readonly reason: string }[];
};

export type OptOut = { readonly number: string; readonly since: string; readonly outageId?: string };
