import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Refusal } from './api.ts';
import { type Polling, poll } from './polling.ts';

export type Polled<Data> = {
  readonly data: Data | undefined;
  /** The latest error; the data stays. */
  readonly refusal: Refusal | undefined;
  /** Loads again now. */
  refresh(): void;
};

/**
 * Asks again and again while the view is there.
 * @param what names what is asked for; another name is another thing, and what was known of the last is forgotten.
 */
export function usePolled<Data>(
  what: string,
  load: (signal: AbortSignal) => Promise<Data>,
  everyMs = 2_000,
): Polled<Data> {
  const [state, setState] = useState<{ what: string; data?: Data; refusal?: Refusal }>({ what });
  const polling = useRef<Polling>(undefined);
  const loader = useRef(load);
  loader.current = load;

  useEffect(() => {
    polling.current = poll((signal) => loader.current(signal), everyMs, {
      data: (data) => setState({ what, data }),
      refusal: (refusal) => setState((before) => ({ ...(before.what === what ? before : { what }), refusal })),
    });
    return () => polling.current?.stop();
  }, [what, everyMs]);

  const isCurrent = state.what === what;
  return {
    data: isCurrent ? state.data : undefined,
    refusal: isCurrent ? state.refusal : undefined,
    refresh: useCallback(() => polling.current?.now(), []),
  };
}
