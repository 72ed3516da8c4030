import { z } from 'zod';

/** The columns of a list that Ringdown uses. Any other is kept with the person as it is. */
export const KnownColumn = z.enum([
  'phone',
  'communicationUserId',
  'name',
  'firstName',
  'lastName',
  'timeZone',
  'language',
]);
export type KnownColumn = z.infer<typeof KnownColumn>;

/**
 * Other names of the columns, as spreadsheets, address books and customer systems write them. They match without regard
 * to case, accents, spaces and punctuation. A name of the first list is taken before one of the second, if a list has
 * both.
 */
export const SYNONYMS: Readonly<Record<KnownColumn, readonly [plain: readonly string[], other: readonly string[]]>> = {
  phone: [
    [
      'phone',
      'phone number',
      'phone no',
      'phone nr',
      'telephone',
      'telephone number',
      'telephone no',
      'tel',
      'tel no',
      'tel nr',
      'telefon',
      'telefonnummer',
      'telefon nr',
      'rufnummer',
      'téléphone',
      'numéro de téléphone',
      'n° de téléphone',
      'teléfono',
      'número de teléfono',
      'telefone',
      'telefono',
      'telefoon',
      'telefoonnummer',
      'phone 1 value',
      'msisdn',
    ],
    [
      'mobile',
      'mobile phone',
      'mobile number',
      'mobile phone number',
      'mobile no',
      'mob',
      'cell',
      'cell phone',
      'cellphone',
      'cell number',
      'cell phone number',
      'handy',
      'handynummer',
      'mobil',
      'mobiltelefon',
      'mobilnummer',
      'mobiltelefonnummer',
      'portable',
      'téléphone portable',
      'téléphone mobile',
      'tél mobile',
      'móvil',
      'celular',
      'cellulare',
      'primary phone',
      'contact number',
      'contact phone',
      'customer phone',
      'home phone',
      'business phone',
      'work phone',
      'main phone',
      'telefon geschäftlich',
      'telefon privat',
      'telefon mobil',
      'daytime phone',
      'number',
      'nummer',
    ],
  ],
  communicationUserId: [['communicationUserId', 'communication user', 'acs user id', 'acs id'], []],
  name: [
    [
      'name',
      'full name',
      'display name',
      'contact name',
      'customer name',
      'vollständiger name',
      'nom complet',
      'nombre completo',
      'nome completo',
    ],
    ['customer', 'contact', 'kunde', 'kundenname', 'naam', 'anzeigename', 'recipient'],
  ],
  firstName: [['first name', 'given name', 'forename', 'vorname', 'prénom', 'nombre', 'nome', 'voornaam'], []],
  lastName: [
    [
      'last name',
      'family name',
      'surname',
      'nachname',
      'nom',
      'nom de famille',
      'apellido',
      'apellidos',
      'cognome',
      'achternaam',
    ],
    [],
  ],
  timeZone: [
    ['time zone', 'tz', 'iana time zone', 'zeitzone', 'fuseau horaire', 'zona horaria', 'fuso orario', 'tijdzone'],
    [],
  ],
  language: [['language', 'lang', 'preferred language', 'sprache', 'langue', 'idioma', 'lingua', 'taal'], ['locale']],
};

/** A name without case, accents, spaces and punctuation. */
export const plainName = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();

type Meant = { readonly known: KnownColumn; readonly rank: number };

const MEANINGS: ReadonlyMap<string, Meant> = new Map(
  KnownColumn.options.flatMap((known) =>
    SYNONYMS[known].flatMap((names, index) =>
      names.map((name): [string, Meant] => [
        plainName(name),
        { known, rank: plainName(name) === plainName(known) ? 0 : index + 1 },
      ]),
    ),
  ),
);

/** What a column of this name means, if it is known; a lower rank is taken before a higher one. */
export const meaningOf = (name: string): Meant | undefined => MEANINGS.get(plainName(name));
