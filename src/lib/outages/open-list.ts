import { randomUUID } from 'node:crypto';
import { isHolding, newHold, withHold, withoutHold } from '../rules/outages/list-holds.ts';
import type { ListHold } from '../rules/outages/outage.ts';
import { withColumns } from '../rules/outages/own-columns.ts';
import type { Services } from '../services/services.ts';
import type { StoredOutage } from '../storage/outages.ts';
import { untilSaved } from '../storage/until-saved.ts';

/**
 * Keeps an outage open while people are added to its list. An outage that is over is reopened before the first of them is
 * added, and does not end before the last: all who were added are called, even if the process dies at any request.
 */
export class OpenList {
  readonly #services: Services;
  readonly #id = randomUUID().slice(0, 8);
  #stored: StoredOutage;
  #hold: ListHold | undefined;
  #opening: Promise<void> | undefined;

  constructor(services: Services, stored: StoredOutage) {
    this.#services = services;
    this.#stored = stored;
  }

  /** Call before people are added. One request at first and every few minutes, otherwise none. */
  async hold(): Promise<void> {
    if (isHolding(this.#hold, this.#services.now())) return;
    this.#opening ??= this.#renew().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  /**
   * Call when nobody else is added. One request; none if nobody was.
   * @param columns of the list that are kept with each person.
   */
  async release(columns: readonly string[] = []): Promise<void> {
    if (this.#hold) await this.#save((outage) => withColumns(withoutHold(outage, this.#id), columns));
  }

  async #renew(): Promise<void> {
    const now = this.#services.now();
    const hold = newHold(this.#id, now);
    await this.#save((outage) => withHold(outage, hold, now));
    this.#hold = hold;
  }

  async #save(change: (outage: StoredOutage['outage']) => StoredOutage['outage']): Promise<void> {
    const { outages } = this.#services;
    const { id } = this.#stored.outage;
    this.#stored = await untilSaved(`The list of outage ${id}`, async (tries) => {
      const before = tries === 1 ? this.#stored : await outages.read(id);
      return outages.save(before, change(before.outage));
    });
  }
}
