import { Hono } from 'hono';
import { z } from 'zod';
import { noRoute, notNow } from '../base/refusal.ts';
import { answer, answerEvents, answerFile } from '../http/answer.ts';
import { body } from '../http/body.ts';
import type { Env } from '../http/env.ts';
import type { LivePhone } from '../people/live-phone.ts';
import { Tones } from '../people/tones.ts';
import type { PhoneBook } from '../phone/view.ts';
import type { Current } from '../service/current.ts';

/** What the phone page requests. Any other program that acts as a person with a telephone can use it too. */

const Heard = z.strictObject({ sound: z.string().min(1) });

const PHONE = '/simulator/phones/:who';

export const phoneRoutes = new Hono<Env>();

phoneRoutes.get('/simulator/phones', (c) => {
  const { world, waysToBeCalled } = c.var.current;
  const book: PhoneBook = { free: world.phones.free, ways: waysToBeCalled };
  return answer(c, 200, book);
});

phoneRoutes.get(PHONE, (c) => {
  const who = c.req.param('who');
  mustBeIdentity(who);
  const { phones } = c.var.current.world;
  return answerEvents(c, ({ send, end }) => phones.pick(who, { show: send, end }));
});

phoneRoutes.post(`${PHONE}/answer`, (c) => answer(c, 204, phoneOf(c.var.current, c.req.param('who')).pickUp()));

phoneRoutes.post(`${PHONE}/decline`, (c) => answer(c, 204, phoneOf(c.var.current, c.req.param('who')).decline()));

phoneRoutes.post(`${PHONE}/hangUp`, (c) => answer(c, 204, phoneOf(c.var.current, c.req.param('who')).hangUp()));

phoneRoutes.post(`${PHONE}/tones`, body(Tones), (c) =>
  answer(c, 204, phoneOf(c.var.current, c.req.param('who')).press(c.req.valid('json').tones)),
);

phoneRoutes.post(`${PHONE}/heard`, body(Heard), (c) =>
  answer(c, 204, phoneOf(c.var.current, c.req.param('who')).hasHeard(c.req.valid('json').sound)),
);

phoneRoutes.get(`${PHONE}/sounds/:sound`, (c) => {
  const { who, sound } = c.req.param();
  const recording = c.var.current.world.phones.find(who)?.recording(sound);
  if (!recording) throw noRoute('this address: no such sound is playing there');
  return answerFile(c, 'audio/wav', recording, { 'cache-control': 'no-store' });
});

function mustBeIdentity(who: string): void {
  if (/^\+[1-9]\d{6,14}$/.test(who) || /^8:\S+$/.test(who)) return;
  throw notNow('InvalidRequest', 'The path must name a number in E.164 form (+14255550123) or an ACS user id (8:…)');
}

/** @throws Refusal if no page has picked this number. */
function phoneOf({ world }: Current, who: string): LivePhone {
  const phone = world.phones.find(who);
  if (!phone) throw notNow('NobodyThere', 'No phone page has picked this number: open one first');
  return phone;
}
