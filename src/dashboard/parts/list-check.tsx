import type { ListCheck } from '../types.ts';
import { count, people } from '../words.ts';
import { Cell } from './cell.tsx';
import { Facts, Section } from './facts.tsx';
import { SaveFile } from './save-file.tsx';
import { Scroll } from './scroll.tsx';

/** What a check found out about a list: the rows that are not usable first, then the people. */
export function CheckResult({ check, load }: { readonly check: ListCheck; readonly load: () => Promise<Blob> }) {
  return (
    <>
      <Rejected check={check} load={load} />
      <FirstRows rows={check.firstRows} />
      <div class="columns thirds">
        <Section title="Countries">
          <Facts facts={factsOf(check.countries, countryName)} />
        </Section>
        <Section title="Kinds of number">
          <Facts facts={factsOf(check.kinds, (kind) => KINDS[kind] ?? kind)} />
        </Section>
        <TimeZones timeZones={check.timeZones} />
      </div>
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

function TimeZones({ timeZones }: { readonly timeZones: ListCheck['timeZones'] }) {
  const { given, missing, missingInNorthAmerica, assumed } = timeZones;
  return (
    <Section title="Time zones">
      {Object.keys(given).length > 0 && <Facts facts={factsOf(given, (zone) => zone)} most={4} />}
      {missing > 0 && (
        <p>
          {people(missing)} {missing === 1 ? 'has' : 'have'} none.{' '}
          {assumed
            ? `Their quiet hours would be those of ${assumed}.`
            : 'The outage has no quiet hours, so everybody may be called at once.'}
        </p>
      )}
      {assumed && missingInNorthAmerica > 0 && (
        <p class="hint">
          {people(missingInNorthAmerica)} of them {missingInNorthAmerica === 1 ? 'has' : 'have'} a number of the US or
          Canada, which may be in any of several zones. Add a column with time zones if that matters.
        </p>
      )}
    </Section>
  );
}

const KINDS: Readonly<Record<string, string>> = {
  mobile: 'Mobile',
  landline: 'Landline',
  mobileOrLandline: 'Mobile or landline',
  premium: 'Premium rate',
  sharedCost: 'Shared cost',
  personal: 'Personal',
  satellite: 'Satellite',
  international: 'International network',
  other: 'Other',
  unknown: 'Not known',
};

const COUNTRIES = new Intl.DisplayNames(['en'], { type: 'region' });
const countryName = (code: string): string => (code.startsWith('+') ? code : (COUNTRIES.of(code) ?? code));

const factsOf = (counts: Readonly<Partial<Record<string, number>>>, labelOf: (key: string) => string) =>
  Object.entries(counts).map(([key, number = 0]) => ({ label: labelOf(key), number }));
