/** Chance that comes out the same every time: all of it follows from the seed. */

/** A number in [0, 1) that follows from the text alone (FNV-1a, then mixed so that close texts differ widely). */
export function chanceOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** A row of such numbers. */
export function chances(seed: number | string): () => number {
  let drawn = 0;
  return () => chanceOf(`${seed}|${drawn++}`);
}
