import type { ListCheck } from '../types.ts';
import { count } from '../words.ts';
import { Cell } from './cell.tsx';
import { Section } from './facts.tsx';
import { SaveFile } from './save-file.tsx';
import { Scroll } from './scroll.tsx';
import { WhoTheyAre } from './who-they-are.tsx';

/** What a check found out about a list: the rows that are not usable first, then the people. */
export function CheckResult({ check, load }: { readonly check: ListCheck; readonly load: () => Promise<Blob> }) {
  return (
    <>
      <Rejected check={check} load={load} />
      <FirstRows rows={check.firstRows} />
      <WhoTheyAre people={check} />
      <Duplicates check={check} />
    </>
  );
}

/** The rejected rows with the reasons, and their download. Nothing if there are none. */
export function Rejected(props: {
  readonly check: Pick<ListCheck, 'rejected' | 'rejections'>;
  readonly load: () => Promise<Blob>;
}) {
  const { rejected, rejections } = props.check;
  if (rejected === 0) return null;
  return (
    <Section title={rejected === 1 ? '1 row is not usable' : `${count(rejected)} rows are not usable`}>
      <p class="hint">
        Download {rejected === 1 ? 'it' : 'them'}, correct {rejected === 1 ? 'it' : 'them'} and choose that file: nobody
        is added twice.
      </p>
      <SaveFile name="rejected.csv" load={props.load} />
      <Lines
        label="Rejected rows"
        head="Reason"
        all={rejected}
        rows={rejections.map(({ line, reason }) => ({ line, said: reason }))}
      />
    </Section>
  );
}

function Duplicates({ check: { duplicates, duplicateRows } }: { readonly check: ListCheck }) {
  if (duplicates === 0) return null;
  return (
    <Section title={duplicates === 1 ? '1 row names somebody again' : `${count(duplicates)} rows name somebody again`}>
      <p class="hint">Each person is called once, as the first of their rows says.</p>
      <Lines
        label="Rows that name somebody again"
        head="Same number as"
        all={duplicates}
        rows={duplicateRows.map(({ line, first }) => ({ line, said: `line ${count(first)}` }))}
      />
    </Section>
  );
}

type LinesProps = {
  readonly label: string;
  readonly head: string;
  readonly all: number;
  readonly rows: readonly { readonly line: number; readonly said: string }[];
};

function Lines({ label, head, all, rows }: LinesProps) {
  return (
    <>
      <Scroll label={label}>
        <table class="lines-table">
          <thead>
            <tr>
              <th scope="col">Line</th>
              <th scope="col">{head}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ line, said }) => (
              <tr key={line}>
                <td>{count(line)}</td>
                <td>{said}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {all > rows.length && <p class="hint">The first {count(rows.length)} are shown.</p>}
    </>
  );
}

/** First people who are shown. */
const SHOWN = 5;

function FirstRows({ rows }: { readonly rows: ListCheck['firstRows'] }) {
  if (rows.length === 0) return null;
  return (
    <Section title="The first people, as they are understood">
      <table class="stacked">
        <thead>
          <tr>
            <th scope="col">Line</th>
            <th scope="col">Number</th>
            <th scope="col">Name</th>
            <th scope="col">Time zone</th>
            <th scope="col">Language</th>
            <th scope="col">Also kept</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, SHOWN).map(({ line, phone, communicationUserId, name, timeZone, language, own }) => (
            <tr key={line}>
              <Cell label="Line">{count(line)}</Cell>
              <Cell label="Number">{phone ?? communicationUserId}</Cell>
              <Cell label="Name">{name}</Cell>
              <Cell label="Time zone">{timeZone}</Cell>
              <Cell label="Language">{language}</Cell>
              <Cell label="Also kept">{keptOf(own)}</Cell>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

const keptOf = (own: Readonly<Record<string, string>>): string =>
  Object.entries(own)
    .filter(([, cell]) => cell !== '')
    .map(([column, cell]) => `${column}: ${cell}`)
    .join(' · ');
