import { useState } from 'preact/hooks';
import { Refusal } from '../api.ts';
import { Problem } from './trouble.tsx';

/** A button that saves a file of the app. A link cannot do that: it would show the key in the address. */
export function SaveFile({ name, load }: { readonly name: string; readonly load: () => Promise<Blob> }) {
  const [refusal, setRefusal] = useState<Refusal>();
  const [isBusy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    setRefusal(undefined);
    try {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(await load());
      link.download = name;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal(0, String(error)));
    }
    setBusy(false);
  };
  return (
    <div>
      <button type="button" onClick={save} disabled={isBusy}>
        {isBusy ? 'Reading' : `Download ${name}`}
      </button>
      {refusal && <Problem refusal={refusal} />}
    </div>
  );
}
