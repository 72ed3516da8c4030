import { mayBeInCall } from '../outages/line-holders.ts';
import type { Caller } from '../rules/outages/outage.ts';
import type { Services } from '../services/services.ts';
import { type Line, mayUse, type Survey } from '../storage/lines.ts';
import type { InCall } from './in-call.ts';

/** In one tick. The next ones remove the others. */
const MOST_REMOVED = 1_000;

/**
 * The lines as the timer finds them, read once a tick. A process that failed between two writes leaves
 * a line with a holder that has no call: such lines are freed first. Then lines that no setting names are removed.
 */
export class LinePool {
  readonly #services: Services;
  readonly #inCall: InCall;
  readonly #onProblem: (problem: unknown) => void;

  constructor(services: Services, inCall: InCall, onProblem: (problem: unknown) => void) {
    this.#services = services;
    this.#inCall = inCall;
    this.#onProblem = onProblem;
  }

  /** Reads the lines, after making those of these callers that are missing. */
  async survey(callers: readonly Caller[]): Promise<Survey> {
    const { lines } = this.#services;
    let survey = await lines.survey();
    if (await lines.ensure(callers, survey.lines)) survey = await lines.survey();
    const freed = survey.lines.map((line) => (this.#isForgotten(line) ? this.#freed(line) : line));
    return { ...survey, lines: await this.#withoutUnnamed(await Promise.all(freed)) };
  }

  /** Removes free lines that the setting `CALLER_NUMBERS` does not name, any more or at all. */
  async #withoutUnnamed(all: readonly Line[]): Promise<readonly Line[]> {
    const { lines, settings, now } = this.#services;
    const isNamed = mayUse(settings.callers);
    const unnamed = all.filter((line) => line.holder === '' && !isNamed(line));
    if (unnamed.length === 0) return all;
    await lines.remove(unnamed.slice(0, MOST_REMOVED), now).catch(this.#onProblem);
    return all.filter((line) => line.holder !== '' || isNamed(line));
  }

  #isForgotten(line: Line): boolean {
    return line.holder !== '' && !this.#inCall.mayHold(line);
  }

  /** A holder that moved while the rows were read may be missing among them: its own row decides. */
  async #freed(line: Line): Promise<Line> {
    try {
      if (await mayBeInCall(this.#services, line)) return line;
      const now = this.#services.now();
      const freed = await this.#services.lines.free(line, now);
      return freed
        ? { ...line, ...freed, spent: freed.spent ?? line.spent, holder: '', leaseUntil: now.toISOString() }
        : line;
    } catch (problem) {
      this.#onProblem(problem);
      return line;
    }
  }
}
