/** Repeatable randomness: the same seed gives the same numbers. */

/** A number in [0, 1) that depends only on the text (FNV-1a, then mixed so that similar texts differ widely). */
export function chanceOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** A sequence of such numbers. */
export function chances(seed: number | string): () => number {
  let drawn = 0;
  return () => chanceOf(`${seed}|${drawn++}`);
}
