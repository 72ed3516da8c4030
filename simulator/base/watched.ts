/** A value to wait for: `until` resolves as soon as the value passes the test. */
export class Watched<Value> {
  #value: Value;
  #waiting: { test: (value: Value) => boolean; resolve: () => void }[] = [];

  constructor(value: Value) {
    this.#value = value;
  }

  get value(): Value {
    return this.#value;
  }

  set(value: Value): void {
    this.#value = value;
    const due = this.#waiting.filter(({ test }) => test(value));
    this.#waiting = this.#waiting.filter(({ test }) => !test(value));
    for (const { resolve } of due) resolve();
  }

  until(test: (value: Value) => boolean): Promise<void> {
    if (test(this.#value)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ test, resolve });
    });
  }
}
