import { useState } from 'preact/hooks';
import { ask } from '../api.ts';
import { takeChosen } from '../chosen-file.ts';
import { ListFile } from '../parts/list-file.tsx';
import { ListIntake } from '../parts/list-intake.tsx';
import { State } from '../parts/state.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { usePolled } from '../polled.ts';
import { toOutage } from '../route.ts';
import { useTitle } from '../title.ts';
import type { Outage } from '../types.ts';

/** Adds a list of people to an outage: first the check, then the button. */
export function AddPeople({ id }: { readonly id: string }) {
  useTitle('Add people');
  const path = `outages/${encodeURIComponent(id)}`;
  const { data: outage, refusal } = usePolled(path, (signal) => ask<Outage>(path, { signal }));
  const [file, setFile] = useState(() => takeChosen(id));
  if (!outage) return <Trouble refusal={refusal} />;
  return (
    <>
      <p class="related">
        <a href={toOutage(id)}>← {outage.title}</a>
      </p>
      <div class="title">
        <h1>Add people</h1>
        <State state={outage.state} />
      </div>
      <Trouble refusal={refusal} />
      {file && <ListIntake outage={outage} file={file} onOther={() => setFile(undefined)} />}
      {!file && outage.actions.includes('upload') && (
        <div class="card">
          <ListFile onFile={setFile} />
        </div>
      )}
      {!file && !outage.actions.includes('upload') && <p class="card empty">Nobody can be added to this outage now.</p>}
    </>
  );
}
