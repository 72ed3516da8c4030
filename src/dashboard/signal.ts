import { useEffect, useState } from 'preact/hooks';

/** A value that views subscribe to. */
export type Signal<Value> = { get(): Value; set(value: Value): void; follow(listener: () => void): () => void };

export function signal<Value>(initial: Value): Signal<Value> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    follow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useSignal<Value>(followed: Signal<Value>): Value {
  const [value, setValue] = useState(followed.get());
  useEffect(() => {
    const update = (): void => setValue(followed.get());
    update();
    return followed.follow(update);
  }, [followed]);
  return value;
}
