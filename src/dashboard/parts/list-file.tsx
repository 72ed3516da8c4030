import { useId, useState } from 'preact/hooks';
import { ACCEPTED } from '../list-client.ts';

/** A field for a list of people, chosen or dropped. */
export function ListFile({ onFile }: { readonly onFile: (file: File) => void }) {
  const [isOver, setOver] = useState(false);
  const id = useId();
  const give = (file: File | undefined): void => {
    if (file) onFile(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping needs a mouse; the file field does the same
    <div
      class={isOver ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        give(event.dataTransfer?.files[0]);
      }}
    >
      <label for={id}>Add people: a CSV, Excel or NDJSON file, or drop it here</label>
      <input
        id={id}
        type="file"
        accept={ACCEPTED}
        aria-describedby={`${id}-hint`}
        onChange={(event) => give(event.currentTarget.files?.[0])}
      />
      <p class="hint" id={`${id}-hint`}>
        It needs a header row and a column with phone numbers. You see what it would do before anybody is added.
      </p>
    </div>
  );
}
