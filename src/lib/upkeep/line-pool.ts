import { mayBeInCall } from '../outages/line-holders.ts';
import type { Caller } from '../rules/outages/outage.ts';
import type { Services } from '../services/services.ts';
import type { Line, Survey } from '../storage/lines.ts';
import type { InCall } from './in-call.ts';

/**
 * The lines as the timer finds them, read once a tick. A process that failed between two writes leaves
 * a line with a holder that has no call: such lines are freed first.
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
    return { ...survey, lines: await Promise.all(freed) };
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
      return freed ? { ...line, ...freed, holder: '', leaseUntil: now.toISOString() } : line;
    } catch (problem) {
      this.#onProblem(problem);
      return line;
    }
  }
}
