/** A file that was chosen on one view, for the next view to check. */
let chosen: { readonly outageId: string; readonly file: File } | undefined;

export function choose(outageId: string, file: File): void {
  chosen = { outageId, file };
}

/** The file that was chosen for this outage, once. */
export function takeChosen(outageId: string): File | undefined {
  const file = chosen?.outageId === outageId ? chosen.file : undefined;
  chosen = undefined;
  return file;
}
