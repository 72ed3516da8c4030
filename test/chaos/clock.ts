/** Something scheduled. `order` decides between two at the same time. */
type Happening = { readonly at: number; readonly order: number; readonly what: () => void | Promise<void> };

/** The time at which every world begins. */
export const BEGINNING = Date.UTC(2026, 0, 5, 8, 0, 0);

/**
 * Virtual time, and the only scheduler of a world. It runs what is in the heap, one thing after the other. The next one
 * begins only when all code that the last one started waits for something in the heap.
 */
export class Clock {
  #now = BEGINNING;
  #order = 0;
  /** A binary heap, earliest first. */
  readonly #heap: Happening[] = [];

  /** Ms since the epoch. */
  get now(): number {
    return this.#now;
  }

  get date(): Date {
    return new Date(this.#now);
  }

  get isEmpty(): boolean {
    return this.#heap.length === 0;
  }

  after(ms: number, what: () => void | Promise<void>): void {
    this.at(this.#now + Math.max(0, Math.round(ms)), what);
  }

  at(ms: number, what: () => void | Promise<void>): void {
    this.#push({ at: Math.max(ms, this.#now), order: this.#order++, what });
  }

  /** Runs the earliest entry, and all that follows from it without further waiting. */
  async step(): Promise<void> {
    const next = this.#pop();
    if (!next) return;
    this.#now = next.at;
    const going = next.what();
    if (going) await going;
    await rest();
  }

  #push(happening: Happening): void {
    const heap = this.#heap;
    let index = heap.push(happening) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(heap[index], heap[parent])) break;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #pop(): Happening | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (!first || !last || first === last) return first;
    heap[0] = last;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const sooner = isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
      const soonest = isBefore(heap[sooner], heap[index]) ? sooner : index;
      if (soonest === index) return first;
      this.#swap(index, soonest);
      index = soonest;
    }
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap;
    const [first, second] = [heap[a], heap[b]];
    if (first && second) {
      heap[a] = second;
      heap[b] = first;
    }
  }
}

function isBefore(a: Happening | undefined, b: Happening | undefined): boolean {
  if (!a || !b) return false;
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Resolves when every promise that can continue has done so: Node runs the tick queue once no microtask is left. */
const rest = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
