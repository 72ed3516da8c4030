/** Longest row, in characters. It bounds memory, and keeps a full transaction below 4 MiB even if every character is escaped. */
export const MAX_ROW = 8 * 1024;

/** Why a row that is longer is rejected. */
export const TOO_LONG = `is longer than ${MAX_ROW / 1024} KB`;

/** A row as read, or what is wrong with it. `line` counts from 1: where the row begins. */
export type ReadRow = { readonly line: number; readonly cells: readonly string[]; readonly problem?: string };
