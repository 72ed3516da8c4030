/** The page's own element of an id. @throws Error where there is none of that kind: the page and its program do not fit. */
export function element<Kind extends Element>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} "${id}"`);
  return found;
}

/** Writes only what differs: what is read aloud is not read again. */
export function write(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
