import type { CallAutomation } from '../../../src/lib/call-automation/port.ts';
import { concludeAttempt } from '../../../src/lib/outages/conclude.ts';
import type { Outcome } from '../../../src/lib/rules/calls/outcome.ts';
import type { Services } from '../../../src/lib/services/services.ts';
import { MemoryWorld } from './memory-services.ts';
import type { MemoryTables } from './memory-tables.ts';

type Settings = Services['settings'];

/** A world whose service places every call, and keeps whom it was asked to call. */
export class CallingWorld extends MemoryWorld {
  /** The callee of each call, and of each invitation, in order. */
  readonly called: string[] = [];

  constructor(settings: Partial<Settings> = {}, tables?: MemoryTables) {
    super(tables);
    const nameOf = (who: {
      phoneNumber?: { value: string } | undefined;
      communicationUser?: { id: string } | undefined;
    }) => who.phoneNumber?.value ?? who.communicationUser?.id ?? '';
    const calls: Partial<CallAutomation> = {
      createCall: async ({ targets }) => {
        this.called.push(...targets.map(nameOf));
        return { callLegId: `leg-${this.called.length}` };
      },
      inviteParticipants: async (_call, { participants }) => {
        this.called.push(...participants.map(nameOf));
      },
    };
    Object.assign(this.services, {
      calls: { ...this.services.calls, ...calls },
      settings: { ...this.services.settings, ...settings },
    });
  }

  /** Every call of this outage that is in progress ends. */
  async ends(outageId: string, outcome: Outcome = 'failed'): Promise<void> {
    const shard = { outageId, shard: 0 };
    for (const { recipientId, attempt } of await this.services.recipients.due(shard, 'leased', 100)) {
      await concludeAttempt(this.services, { ...shard, recipientId, attempt }, { outcome });
    }
  }
}
