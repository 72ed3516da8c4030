import { element } from './elements.ts';
import { Line, readPhoneBook } from './line.ts';
import { readIdentity, shown } from './number.ts';
import { Player } from './player.ts';
import { show, showDeaf, showLine, showPicking, tick } from './screen.ts';
import { Speaker } from './speaker.ts';
import type { PhoneBook, PhoneView } from './view.ts';
import { showWays } from './ways.ts';

/** The phone page: picks a number and is its telephone until it closes. `?number=…` picks a number at once. */

const KEYPAD = [
  ['1', ''],
  ['2', 'ABC'],
  ['3', 'DEF'],
  ['4', 'GHI'],
  ['5', 'JKL'],
  ['6', 'MNO'],
  ['7', 'PQRS'],
  ['8', 'TUV'],
  ['9', 'WXYZ'],
  ['*', ''],
  ['0', '+'],
  ['#', ''],
] as const;
const NAMES: Readonly<Record<string, string>> = { '*': 'star', '#': 'pound' };
const TICK_MS = 100;

const speaker = new Speaker();
const player = new Player(speaker);
const input = element('number', HTMLInputElement);
let book: PhoneBook = { free: '', ways: [] };
let line: Line | undefined;
let view: PhoneView | undefined;

function told(now: PhoneView): void {
  view = now;
  if (!line) return;
  speaker.ring(now.call?.state === 'ringing');
  player.hear(now.call?.sounds ?? [], line);
  show(now);
}

function pick(identity: string): void {
  history.replaceState(null, '', `?number=${encodeURIComponent(identity)}`);
  showWays(book.ways, identity);
  line = new Line(identity, {
    told,
    connected: (isConnected) => showLine(isConnected ? 'on' : 'lost'),
    refused: () => putDown('The simulator does not accept this number.'),
  });
}

/** Gives the telephone up. */
function putDown(problem = ''): void {
  line?.close();
  if (line) player.hear([], line);
  line = undefined;
  view = undefined;
  speaker.ring(false);
  history.replaceState(null, '', location.pathname);
  showPicking(problem);
}

function press(key: string): void {
  speaker.key(key);
  void line?.do('tones', { tones: key });
}

/** Turns sound on after the user touched the page. */
async function wake(): Promise<void> {
  await speaker.wake();
  showDeaf(speaker.context === undefined);
}

function onKey(event: KeyboardEvent): void {
  const { key, target } = event;
  const isTyping = target instanceof HTMLInputElement;
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const state = view?.call?.state;
  if (state === 'ringing' && key === 'Enter' && target === document.body) void line?.do('answer');
  else if (state === 'ringing' && key === 'Escape') void line?.do('decline');
  else if (state === 'talking' && key === 'Escape') void line?.do('hangUp');
  else if (state === 'talking' && /^[0-9*#a-d]$/i.test(key)) press(key.toUpperCase());
}

for (const [key, letters] of KEYPAD) {
  const button = document.createElement('button');
  button.type = 'button';
  button.append(key, Object.assign(document.createElement('small'), { textContent: letters, ariaHidden: 'true' }));
  if (NAMES[key]) button.ariaLabel = NAMES[key];
  button.addEventListener('click', () => press(key));
  element('keys', HTMLElement).append(button);
}
element('answer', HTMLElement).addEventListener('click', () => void wake().then(() => line?.do('answer')));
element('decline', HTMLElement).addEventListener('click', () => void line?.do('decline'));
element('hang-up', HTMLElement).addEventListener('click', () => void line?.do('hangUp'));
element('other', HTMLElement).addEventListener('click', () => putDown());
element('pick', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  const identity = readIdentity(input.value);
  if (identity) pick(identity);
  else showPicking('Begin with + and the country code, for example +1 425 555 0123.');
});
for (const touch of ['pointerdown', 'keydown']) document.addEventListener(touch, () => void wake());
document.addEventListener('keydown', onKey);
setInterval(() => tick(player.latest), TICK_MS);
// The browser loads its voices in the background, after the first request for them.
if ('speechSynthesis' in window) speechSynthesis.getVoices();

book = await readPhoneBook();
const wanted = readIdentity(new URLSearchParams(location.search).get('number') ?? '');
input.value = shown(wanted ?? book.free);
showWays(book.ways, wanted ?? book.free);
if (wanted) pick(wanted);
else showPicking('');
