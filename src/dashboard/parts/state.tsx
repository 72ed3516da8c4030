import type { OutageState } from '../types.ts';
import { STATES } from '../words.ts';

export function State({ state }: { readonly state: OutageState }) {
  return <span class={`state ${state}`}>{STATES[state]}</span>;
}
