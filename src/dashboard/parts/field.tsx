import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

type Shared = Pick<
  JSX.IntrinsicElements['input'],
  'id' | 'name' | 'defaultValue' | 'required' | 'autocomplete' | 'aria-describedby' | 'aria-invalid'
>;

const INPUTS = {
  text: (props: Shared) => <input type="text" {...props} />,
  tel: (props: Shared) => <input type="tel" {...props} />,
  number: (props: Shared) => <input type="number" {...props} />,
  time: (props: Shared) => <input type="time" {...props} />,
  'datetime-local': (props: Shared) => <input type="datetime-local" {...props} />,
};

type Props = {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly type?: keyof typeof INPUTS;
  readonly value?: string;
  readonly required?: boolean;
  /** What is wrong with the value. */
  readonly problem?: string | undefined;
};

export function Field({ name, label, hint, type = 'text', value = '', required = false, problem }: Props) {
  const id = useId();
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ');
  const state = { ...(described && { 'aria-describedby': described }), ...(problem && { 'aria-invalid': true }) };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {INPUTS[type]({ id, name, defaultValue: value, required, autocomplete: 'off', ...state })}
      {problem && (
        <p class="problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
