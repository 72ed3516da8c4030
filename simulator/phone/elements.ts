/** Finds an element of the page by its id. @throws Error if the page has none of that kind. */
export function element<Kind extends Element>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} "${id}"`);
  return found;
}

/** Writes a text only if it differs, so that screen readers do not repeat it. */
export function write(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
