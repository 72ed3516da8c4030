import { element, write } from './elements.ts';
import { clock, shown } from './number.ts';
import type { Playing } from './player.ts';
import type { CallView, Ending, PastCall, PhoneView } from './view.ts';
import { drawWave } from './wave.ts';

/** Shows the telephone on the page. */

type State = 'pick' | 'idle' | CallView['state'];
const SCREENS: readonly State[] = ['pick', 'idle', 'ringing', 'talking'];

/** Where the focus goes on each screen. Not to a button while talking: a held Enter key must not hang up. */
const AT_HAND: Readonly<Record<State, string>> = {
  pick: 'number',
  idle: 'idle',
  ringing: 'answer',
  talking: 'talking',
};

const ENDINGS: Readonly<Record<Ending, string>> = {
  declined: 'Declined',
  missed: 'Missed',
  callerGaveUp: 'Missed: the caller gave up',
  youHungUp: 'You hung up',
  callerHungUp: 'They hung up',
};

const phone = element('phone', HTMLElement);
let state: State = 'pick';
let answeredAt = 0;

/** Shows the screen for picking a number. */
export function showPicking(problem: string): void {
  write(element('own', HTMLElement), 'No number');
  write(element('number-problem', HTMLElement), problem);
  showLine('off');
  turnTo('pick');
  document.title = 'Phone';
}

export function showLine(line: 'off' | 'on' | 'lost'): void {
  phone.dataset['line'] = line;
  write(element('line', HTMLElement), { off: 'off', on: 'on', lost: 'reconnecting to the simulator' }[line]);
}

export function show({ identity, call, past }: PhoneView): void {
  const before = state;
  write(element('own', HTMLElement), shown(identity));
  write(element('idle-number', HTMLElement), shown(identity));
  document.title = call ? `${call.state === 'ringing' ? '☎ ' : ''}${shown(call.from)}` : shown(identity);
  if (call) showCall(call);
  else showPast(past);
  turnTo(call?.state ?? 'idle');
  if (state !== before) say(call, past[0]);
}

/** Updates what changes with time: the duration and the sound. */
export function tick(playing: Playing | undefined): void {
  if (state !== 'talking') return;
  write(element('time', HTMLElement), clock((performance.now() - answeredAt) / 1000));
  const { seconds, loop, text } = playing?.sound ?? { seconds: 0, loop: false, text: null };
  const elapsed = playing ? (performance.now() - playing.beganAt) / 1000 : 0;
  const at = loop ? elapsed % seconds : Math.min(elapsed, seconds);
  write(element('caption', HTMLElement), text ?? '');
  write(element('sounding', HTMLElement), playing ? `${clock(at)} of ${clock(seconds)}` : 'Silence');
  const wave = element('wave', HTMLCanvasElement);
  wave.hidden = text !== null;
  drawWave(wave, playing?.loudness ?? [], playing ? at / seconds : 0);
}

/** Shows or hides the hint that browsers play no sound before the user touches the page. */
export function showDeaf(isDeaf: boolean): void {
  element('deaf', HTMLElement).hidden = !isDeaf;
}

function showCall({ state: now, from, subject, seconds, pressed, others }: CallView): void {
  const who = shown(from);
  if (now === 'ringing') {
    write(element('ringing-from', HTMLElement), who);
    write(element('ringing-about', HTMLElement), subject ?? '');
    return;
  }
  answeredAt = performance.now() - seconds * 1000;
  write(element('talking-from', HTMLElement), who);
  write(element('pressed', HTMLElement), pressed);
  write(element('others', HTMLElement), others === 0 ? '' : ` · with ${others} more`);
}

function showPast(past: readonly PastCall[]): void {
  element('past-title', HTMLElement).hidden = past.length === 0;
  element('past', HTMLElement).replaceChildren(
    ...past.map(({ from, ending, at, seconds, pressed }) => {
      const row = document.createElement('li');
      row.dataset['ending'] = ending;
      const who = document.createElement('b');
      who.textContent = shown(from);
      const when = document.createElement('time');
      when.dateTime = at;
      when.textContent = new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
      const how = document.createElement('span');
      how.textContent = [ENDINGS[ending], seconds > 0 && clock(seconds), pressed && `pressed ${pressed}`]
        .filter(Boolean)
        .join(' · ');
      row.append(who, when, how);
      return row;
    }),
  );
}

/** Shows a screen. Moves the focus to it if the focus was on the telephone, or nowhere. */
function turnTo(next: State): void {
  if (state === next) return;
  const focused = document.activeElement;
  const isFree = focused === document.body || phone.contains(focused);
  state = next;
  phone.dataset['state'] = next;
  for (const name of SCREENS) element(name, HTMLElement).hidden = name !== next;
  if (isFree) element(AT_HAND[next], HTMLElement).focus({ preventScroll: true });
}

function say(call: CallView | null, last: PastCall | undefined): void {
  const said = call
    ? `${call.state === 'ringing' ? 'Incoming call from' : 'In a call with'} ${shown(call.from)}`
    : last && `Call ended: ${ENDINGS[last.ending]}`;
  write(element('said', HTMLElement), said ?? 'Waiting for a call');
}
