import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

type Shared = Pick<
  JSX.IntrinsicElements['input'],
  'id' | 'name' | 'defaultValue' | 'required' | 'autocomplete' | 'aria-describedby'
>;

const INPUTS = {
  text: (props: Shared) => <input type="text" {...props} />,
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
};

export function Field({ name, label, hint, type = 'text', value = '', required = false }: Props) {
  const id = useId();
  const described = hint ? { 'aria-describedby': `${id}-hint` } : {};
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {INPUTS[type]({ id, name, defaultValue: value, required, autocomplete: 'off', ...described })}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
