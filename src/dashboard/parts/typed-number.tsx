import type { TargetedInputEvent } from 'preact';
import { count } from '../words.ts';

/** Actions on more people than this ask for their number: it is typed only by somebody who has read it. */
const TYPED_ABOVE = 100;

export const mustBeTyped = (people: number): boolean => people > TYPED_ABOVE;

/** A field that accepts this number and nothing else, so that the form cannot be sent without it. */
export function TypedNumber({ people }: { readonly people: number }) {
  const check = ({ currentTarget: field }: TargetedInputEvent<HTMLInputElement>): void =>
    field.setCustomValidity(isSame(field.value, people) ? '' : `Type ${people}`);
  return (
    <div class="field">
      <label for="typed">
        Type <b>{people}</b> to confirm
      </label>
      <input id="typed" inputMode="numeric" autoComplete="off" required data-focus onInput={check} />
    </div>
  );
}

const isSame = (typed: string, people: number): boolean => [String(people), count(people)].includes(typed.trim());
