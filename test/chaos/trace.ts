import { BEGINNING } from './clock.ts';

/** The last steps of a world as text. Costs nothing when off, so only failed worlds are run again with it on. */
export class Trace {
  readonly #limit: number;
  readonly #lines: string[] = [];

  /** @param limit how many steps to keep; 0 turns the trace off. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(now: number, who: string, what: () => string): void {
    if (this.#limit === 0) return;
    this.#lines.push(`${clockTime(now)}  ${who.padEnd(22)} ${what()}`);
    if (this.#lines.length > 2 * this.#limit) this.#lines.splice(0, this.#limit);
  }

  get lines(): string[] {
    return this.#lines.slice(-this.#limit);
  }
}

/** Time since the world began: `0:02:31.250`. */
function clockTime(now: number): string {
  const ms = now - BEGINNING;
  const two = (part: number): string => String(Math.floor(part)).padStart(2, '0');
  const rest = String(ms % 1000).padStart(3, '0');
  return `${Math.floor(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${rest}`;
}
