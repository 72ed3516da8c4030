import { element } from './elements.ts';
import type { WayToBeCalled } from './view.ts';

/** Shows the commands that call this number. There are none for a user id. */
export function showWays(known: readonly WayToBeCalled[], identity: string): void {
  const ways = identity.startsWith('+') ? known : [];
  element('no-ways', HTMLElement).hidden = ways.length > 0;
  element('ways', HTMLElement).replaceChildren(
    ...ways.map(({ title, command }) => {
      const text = command.replaceAll('{number}', identity);
      const heading = document.createElement('h3');
      heading.textContent = title;
      const code = document.createElement('pre');
      code.textContent = text;
      const way = document.createElement('div');
      way.className = 'way';
      way.append(heading, copying(title, text), code);
      return way;
    }),
  );
}

function copying(title: string, text: string): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'copy';
  button.textContent = 'Copy';
  button.ariaLabel = `Copy: ${title}`;
  button.addEventListener('click', () => {
    void navigator.clipboard.writeText(text).then(() => {
      button.textContent = 'Copied';
      setTimeout(() => (button.textContent = 'Copy'), 2_000);
    });
  });
  return button;
}
