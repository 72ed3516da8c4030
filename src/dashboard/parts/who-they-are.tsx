import type { ListCheck } from '../types.ts';
import { people } from '../words.ts';
import { Facts, Section } from './facts.tsx';

type Counts = Pick<ListCheck, 'countries' | 'kinds' | 'timeZones'>;

/** People by country, kind of number and time zone. */
export function WhoTheyAre({ people: { countries, kinds, timeZones } }: { readonly people: Counts }) {
  return (
    <div class="columns thirds">
      <Section title="Countries">
        <Facts facts={factsOf(countries, countryName)} />
      </Section>
      <Section title="Kinds of number">
        <Facts facts={factsOf(kinds, (kind) => KINDS[kind] ?? kind)} />
      </Section>
      <TimeZones timeZones={timeZones} />
    </div>
  );
}

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
