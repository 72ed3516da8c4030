import { useId, useState } from 'preact/hooks';
import type { Sound } from '../types.ts';

type Props = {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly value?: Sound | undefined;
  readonly required?: boolean;
};

const isAddress = (text: string): boolean => /^https?:\/\/\S*$/.test(text);

/** A sound: the address of a WAV file, or a text with a voice. */
export function SoundField({ name, label, hint, value, required = false }: Props) {
  const [text, setText] = useState(typeof value === 'object' ? value.text : (value ?? ''));
  const id = useId();
  const needsVoice = text.trim() !== '' && !isAddress(text.trim());
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        name={name}
        rows={needsVoice ? 3 : 1}
        required={required}
        value={text}
        aria-describedby={`${id}-hint`}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <p class="hint" id={`${id}-hint`}>
        {hint ?? 'The address of a WAV file (mono, 16 bit, 16 kHz), or a text to speak.'}
      </p>
      {needsVoice && (
        <>
          <label for={`${id}-voice`}>Voice for: {label.toLowerCase()}</label>
          <input
            id={`${id}-voice`}
            name={`${name}.voice`}
            value={typeof value === 'object' ? value.voice : 'en-US-JennyNeural'}
            spellcheck={false}
          />
        </>
      )}
    </div>
  );
}

/** The value of a SoundField in a form; undefined if it is empty. */
export function soundIn(form: FormData, name: string): Sound | undefined {
  const text = String(form.get(name) ?? '').trim();
  if (text === '') return undefined;
  return isAddress(text) ? text : { text, voice: String(form.get(`${name}.voice`) ?? '').trim() };
}
