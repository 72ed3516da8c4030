import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const markdownIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join(folder, name));

const DOCUMENTS = ['.', 'docs', 'docs/adr', 'simulator'].flatMap(markdownIn);

const LINK = /\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g;

/** The anchor that GitHub gives a heading: lower case, no punctuation, hyphens for spaces. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

const anchorsIn = (document: string): string[] =>
  [...readFileSync(document, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

it.each(DOCUMENTS)('every link of %s leads to a file, and to a heading in it', (document) => {
  const broken = [...readFileSync(document, 'utf8').matchAll(LINK)].flatMap(([link, file = '', anchor]) => {
    const target = file === '' ? document : path.join(path.dirname(document), file);
    if (!existsSync(target)) return [link];
    return anchor === undefined || anchorsIn(target).includes(anchor) ? [] : [link];
  });
  expect(broken).toEqual([]);
});
