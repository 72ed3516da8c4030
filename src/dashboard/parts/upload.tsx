import { useId, useRef, useState } from 'preact/hooks';
import { download, Refusal, upload } from '../api.ts';
import type { ImportReport } from '../types.ts';
import { count, people } from '../words.ts';
import { SaveFile } from './save-file.tsx';
import { Scroll } from './scroll.tsx';
import { Problem } from './trouble.tsx';

type Stage =
  | { readonly is: 'idle' }
  | { readonly is: 'sending'; readonly name: string; readonly part: number }
  | { readonly is: 'done'; readonly name: string; readonly report: ImportReport }
  | { readonly is: 'refused'; readonly refusal: Refusal };

const typeOf = (name: string): string => (/\.(ndjson|jsonl)$/i.test(name) ? 'application/x-ndjson' : 'text/csv');

/** Uploads a list of people, chosen or dropped, and shows the rejected rows. */
export function Upload({ id, onDone }: { readonly id: string; readonly onDone: () => void }) {
  const [stage, setStage] = useState<Stage>({ is: 'idle' });
  const [isOver, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const hint = useId();

  const send = async (file: File | undefined): Promise<void> => {
    if (!file || stage.is === 'sending') return;
    const { name } = file;
    setStage({ is: 'sending', name, part: 0 });
    try {
      const path = `outages/${encodeURIComponent(id)}/recipients`;
      const report = await upload(path, file, typeOf(name), (part) => setStage({ is: 'sending', name, part }));
      setStage({ is: 'done', name, report });
      onDone();
    } catch (error) {
      setStage({ is: 'refused', refusal: error instanceof Refusal ? error : new Refusal(0, String(error)) });
    }
    if (input.current) input.current.value = '';
  };

  return (
    <div class="upload">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping needs a mouse; the file field does the same */}
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
          void send(event.dataTransfer?.files[0]);
        }}
      >
        <label for={`${hint}-file`}>Add people: a CSV or NDJSON file, or drop it here</label>
        <input
          ref={input}
          id={`${hint}-file`}
          type="file"
          accept=".csv,.ndjson,.jsonl,text/csv"
          aria-describedby={hint}
          onChange={(event) => void send(event.currentTarget.files?.[0])}
        />
        <p class="hint" id={hint}>
          A header row with <code>phone</code>; <code>name</code>, <code>timeZone</code>, <code>language</code> if
          known.
        </p>
      </div>
      <div role="status">
        {stage.is === 'sending' && (
          <>
            <p>{stage.part < 1 ? `Sending ${stage.name}` : `Reading ${stage.name}`}</p>
            <progress max={1} {...(stage.part < 1 && { value: stage.part })} aria-label="Upload" />
          </>
        )}
        {stage.is === 'done' && <Report id={id} name={stage.name} report={stage.report} />}
      </div>
      {stage.is === 'refused' && <Problem refusal={stage.refusal} />}
    </div>
  );
}

function Report({ id, name, report }: { readonly id: string; readonly name: string; readonly report: ImportReport }) {
  const { added, alreadyThere, duplicates, rejected, rejections, columns } = report;
  const renamed = columns.filter(({ column, as }) => as !== undefined && as !== column);
  const more = [
    alreadyThere > 0 && `${count(alreadyThere)} were there already`,
    duplicates > 0 && `${count(duplicates)} twice in the file`,
    rejected > 0 && `${count(rejected)} rows were rejected`,
  ].filter(Boolean);
  return (
    <>
      <p>
        <b>{people(added)} added</b> from {name}
        {more.length > 0 && `; ${more.join(', ')}`}.
      </p>
      {renamed.length > 0 && (
        <p class="hint">{renamed.map(({ column, as }) => `${column} was taken for ${as}`).join(', ')}.</p>
      )}
      {rejected > 0 && (
        <SaveFile name="rejected.csv" load={() => download(`outages/${encodeURIComponent(id)}/rejected.csv`)} />
      )}
      {rejections.length > 0 && (
        <Scroll label="Rejected rows">
          <table>
            <thead>
              <tr>
                <th scope="col">Line</th>
                <th scope="col">Reason</th>
              </tr>
            </thead>
            <tbody>
              {rejections.map(({ line, reason }) => (
                <tr key={line}>
                  <td>{line}</td>
                  <td>{reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {rejected > rejections.length && <p class="hint">The first {count(rejections.length)} are shown.</p>}
        </Scroll>
      )}
    </>
  );
}
