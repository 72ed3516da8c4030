import { z } from 'zod';
import { noRoute, notNow } from '../base/refusal.ts';
import type { LivePhone } from '../people/live-phone.ts';
import { Tones } from '../people/tones.ts';
import type { PhoneBook } from '../phone/view.ts';
import { Content, EventStream } from '../server/content.ts';
import { type Route, route } from '../server/route.ts';
import type { Current } from '../service/current.ts';

/** What the phone page asks for, and any other program that wants to be a person with a telephone. */

const NoBody = z.unknown();
const Heard = z.strictObject({ sound: z.string().min(1) });

/** What is done to a telephone by a bare POST. */
const DEEDS: Readonly<Record<string, (phone: LivePhone) => void>> = {
  answer: (phone) => phone.pickUp(),
  decline: (phone) => phone.decline(),
  hangUp: (phone) => phone.hangUp(),
};

export const PHONES: readonly Route<Current>[] = [
  route({
    name: 'readPhoneBook',
    method: 'GET',
    path: '/simulator/phones',
    status: 200,
    body: NoBody,
    run: ({ world, waysToBeCalled }): PhoneBook => ({ free: world.phones.free, ways: waysToBeCalled }),
  }),
  route({
    name: 'pickPhone',
    method: 'GET',
    path: '/simulator/phones/{who}',
    status: 200,
    body: NoBody,
    run: ({ world }, { who }) => {
      mustBeIdentity(who);
      return new EventStream(({ send, end }) => world.phones.pick(who, { show: send, end }));
    },
  }),
  ...Object.entries(DEEDS).map(([deed, run]) =>
    route<Current, unknown>({
      name: deed,
      method: 'POST',
      path: `/simulator/phones/{who}/${deed}`,
      status: 204,
      body: NoBody,
      run: ({ world }, { who }) => run(phoneOf(world.phones.find(who))),
    }),
  ),
  route({
    name: 'pressOnPhone',
    method: 'POST',
    path: '/simulator/phones/{who}/tones',
    status: 204,
    body: Tones,
    run: ({ world }, { who }, { tones }) => phoneOf(world.phones.find(who)).press(tones),
  }),
  route({
    name: 'heardOnPhone',
    method: 'POST',
    path: '/simulator/phones/{who}/heard',
    status: 204,
    body: Heard,
    run: ({ world }, { who }, { sound }) => phoneOf(world.phones.find(who)).hasHeard(sound),
  }),
  route({
    name: 'listenOnPhone',
    method: 'GET',
    path: '/simulator/phones/{who}/sounds/{sound}',
    status: 200,
    body: NoBody,
    run: ({ world }, { who, sound }) => {
      const recording = world.phones.find(who)?.recording(sound);
      if (!recording) throw noRoute('this address: nothing sounds there now');
      return new Content('audio/wav', recording, { 'cache-control': 'no-store' });
    },
  }),
];

function mustBeIdentity(who: string): void {
  if (/^\+[1-9]\d{6,14}$/.test(who) || /^8:\S+$/.test(who)) return;
  throw notNow('InvalidRequest', 'A telephone is called by a number in E.164 form, or by an ACS user id: 8:…');
}

function phoneOf(phone: LivePhone | undefined): LivePhone {
  if (!phone) throw notNow('NobodyThere', 'No page has picked this number');
  return phone;
}
