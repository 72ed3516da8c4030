import type { SaxesParser } from 'saxes';
import { damaged, unreadable } from './archive.ts';

export type Attributes = Readonly<Record<string, string>>;

/** What to do with the elements of a part. Their names are without a prefix, which some programs write. */
export type Elements = {
  readonly open?: (name: string, attributes: Attributes) => void;
  /** @param text what follows the last tag: the text of an element without others in it. */
  readonly close?: (name: string, text: string) => void;
};

/** Elements within each other, and bytes without any tag: more than any workbook has, and little memory. */
const MAX_DEPTH = 100;
const MAX_TEXT = 1_000_000;

/**
 * Reads a part of a workbook while it is unpacked. Does not read document types, so there are no entities to expand.
 * Yields after each piece, so that what was found can be used before the next.
 * @throws InvalidInputError if it is not XML that a workbook has.
 */
export async function* readXml(part: AsyncIterable<Uint8Array>, elements: Elements): AsyncGenerator<void> {
  const { SaxesParser } = await import('./xlsx-libraries.ts');
  const reader = new Reader(new SaxesParser(), elements);
  for await (const piece of part) {
    reader.add(piece);
    yield;
  }
  reader.end();
  yield;
}

/** Reads a whole part. */
export async function readWholeXml(part: AsyncIterable<Uint8Array>, elements: Elements): Promise<void> {
  for await (const _ of readXml(part, elements));
}

class Reader {
  readonly #parser: SaxesParser;
  readonly #decoder = new TextDecoder();
  #depth = 0;
  #text = '';
  /** Bytes since the last tag. */
  #quiet = 0;

  constructor(parser: SaxesParser, { open, close }: Elements) {
    this.#parser = parser;
    parser.on('error', (error) => {
      throw damaged(error);
    });
    parser.on('doctype', () => {
      throw unreadable('it has a document type, which no spreadsheet program writes');
    });
    parser.on('opentag', ({ name, attributes }) => {
      this.#meetsTag(1);
      open?.(local(name), attributes);
    });
    const add = (text: string): void => {
      this.#text += text;
    };
    parser.on('text', add);
    parser.on('cdata', add);
    parser.on('closetag', ({ name }) => {
      close?.(local(name), this.#text);
      this.#meetsTag(-1);
    });
  }

  add(piece: Uint8Array): void {
    this.#quiet += piece.length;
    this.#parser.write(this.#decoder.decode(piece, { stream: true }));
    if (this.#quiet > MAX_TEXT) throw unreadable('a cell of it is longer than any spreadsheet program writes');
  }

  end(): void {
    this.#parser.close();
  }

  #meetsTag(levels: number): void {
    this.#depth += levels;
    this.#text = '';
    this.#quiet = 0;
    if (this.#depth > MAX_DEPTH) throw unreadable('its elements are nested deeper than any spreadsheet program does');
  }
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1);
