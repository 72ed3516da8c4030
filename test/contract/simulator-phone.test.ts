import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSimulator } from '../../simulator/simulator.ts';
import { GaTelephone } from '../fixtures/ga-telephone.ts';
import { PhonePage } from '../fixtures/phone-page.ts';
import { CALLER, Telephone } from '../fixtures/telephone.ts';

/** Tests calls to a person at the phone page, by both APIs. */

const ME = '+14255550123';
/** How long a page may be away during a call. */
const BACK_MS = 300;
const OPERATOR = '8:acs:operator-1';

let telephone: Telephone;
let page: PhonePage;
beforeEach(async () => {
  // Everybody else is fast: at this speed, 25 s of ringing take a quarter of a second.
  telephone = await Telephone.start({ speed: 100, pageRingMs: 10_000, pageBackMs: BACK_MS });
  telephone.person('+1*', 'busy');
  page = await PhonePage.open(telephone.simulator.url, ME);
});
afterEach(async () => {
  await page.close();
  await telephone.hangUpForGood();
});

describe('a telephone at the page', () => {
  it('rings and shows who is calling and why, and no simulated person answers instead', async () => {
    const call = await telephone.call(ME, { subject: 'Storm: power out' });
    expect(await page.rings()).toMatchObject({ from: CALLER, subject: 'Storm: power out', sounds: [], pressed: '' });
    expect(call.record.people).toMatchObject([{ identity: ME, does: 'is at the phone page', did: 'rings' }]);
    expect(await page.answers()).toBe(204);
    await call.is('Established');
    expect(call.record.people).toMatchObject([{ did: 'answered' }]);
  });

  it('sends key presses to the application, and hangs up', async () => {
    const call = await telephone.call(ME);
    await page.rings();
    await page.answers();
    await call.is('Established');
    expect(await page.presses('1#')).toBe(204);
    expect((await call.hears('DtmfReceived')).data).toMatchObject({ ToneInfo: { SequenceId: 1, Tone: 'Tone1' } });
    expect(page.view.call).toMatchObject({ pressed: '1#' });
    expect(await page.hangsUp()).toBe(204);
    await call.is('Terminated');
    const { past } = await page.isQuiet();
    expect(past).toMatchObject([{ from: CALLER, ending: 'youHungUp', pressed: '1#' }]);
  });

  it('declines a call', async () => {
    const call = await telephone.call(ME);
    await page.rings();
    expect(await page.declines()).toBe(204);
    expect((await call.is('Terminated')).data).toMatchObject({ ResultInfo: { Code: 603 } });
    expect((await page.isQuiet()).past).toMatchObject([{ ending: 'declined', seconds: 0 }]);
  });

  it('shows that the caller hung up', async () => {
    const call = await telephone.call(ME);
    await page.rings();
    await page.answers();
    await call.is('Established');
    await call.hangsUp();
    expect((await page.isQuiet()).past).toMatchObject([{ ending: 'callerHungUp' }]);
  });

  it('stops ringing when the caller gives up', async () => {
    const call = await telephone.call(ME);
    await page.rings();
    await call.hangsUp();
    expect((await page.isQuiet()).past).toMatchObject([{ ending: 'callerGaveUp' }]);
    expect(await page.answers()).toBe(400);
  });

  it('is busy while it is in use', async () => {
    await telephone.call(ME);
    await page.rings();
    const second = await telephone.call(ME);
    expect((await second.is('Terminated')).data).toMatchObject({ ResultInfo: { Code: 486 } });
    expect(page.view).toMatchObject({ call: { state: 'ringing' }, past: [] });
  });

  it('shows the same call on several pages, and the first page to answer gets it', async () => {
    const other = await PhonePage.open(telephone.simulator.url, ME);
    const call = await telephone.call(ME);
    await Promise.all([page.rings(), other.rings()]);
    await other.answers();
    await call.is('Established');
    await page.hears(0);
    expect(await page.answers()).toBe(400);
    await other.close();
    expect(await page.presses('1')).toBe(204);
    await call.hears('DtmfReceived');
  });

  it('keeps several numbers apart', async () => {
    const bob = await PhonePage.open(telephone.simulator.url, '+14255550124');
    const mine = await telephone.call(ME);
    const his = await telephone.call('+14255550124');
    await Promise.all([page.rings(), bob.rings()]);
    await bob.answers();
    await page.declines();
    await his.is('Established');
    expect((await mine.is('Terminated')).data).toMatchObject({ ResultInfo: { Code: 603 } });
    await bob.close();
  });

  it('can belong to an operator, who is invited by user id and sees who else is there', async () => {
    const operator = await PhonePage.open(telephone.simulator.url, OPERATOR);
    const call = await telephone.call(ME);
    await page.rings();
    await page.answers();
    await call.is('Established');
    await call.invites(OPERATOR);
    await operator.rings();
    await operator.answers();
    await Promise.all([page.isWith(1), operator.isWith(1)]);
    await page.hangsUp();
    await operator.isWith(0);
    await operator.hangsUp();
    await call.is('Terminated');
    await operator.close();
  });
});

describe('a sound that is played', () => {
  it('is served unchanged while it plays, and ends when the page has heard it', async () => {
    const call = await telephone.call(ME);
    await page.rings();
    await page.answers();
    await call.is('Established');
    await call.plays(60, 'the message');
    const { sounds } = await page.hears(1);
    expect(sounds).toMatchObject([{ text: null, seconds: 60, loop: false }]);
    const [sound = { id: '' }] = sounds;
    const recording = await page.recording(sound.id);
    expect(recording.headers.get('content-type')).toBe('audio/wav');
    expect((await recording.arrayBuffer()).byteLength).toBe(44 + 60 * 32_000);
    // At this speed a simulated person would have heard it long ago.
    expect(call.heard).not.toContain('PlayAudioResult');
    expect(await page.hasHeard(sound.id)).toBe(204);
    expect((await call.hears('PlayAudioResult')).data).toMatchObject({
      OperationContext: 'the message',
      Status: 'Completed',
    });
    await page.hears(0);
    expect((await page.recording(sound.id)).status).toBe(404);
  });

  it('plays in real time, whatever the speed, if the page does not say that it was heard', async () => {
    const call = await telephone.call(ME);
    await page.rings();
    await page.answers();
    await call.is('Established');
    const began = performance.now();
    await call.plays(0.5, 'the message');
    await call.hears('PlayAudioResult');
    expect(performance.now() - began).toBeGreaterThan(500);
  });

  it('ends early when it is cancelled', async () => {
    const call = await telephone.call(ME);
    await page.rings();
    await page.answers();
    await call.is('Established');
    await call.plays(60, 'the message');
    await page.hears(1);
    await telephone.calls.cancelMediaProcessing(call.id);
    await page.hears(0);
  });
});

describe('a telephone without a page', () => {
  it('rings until the call is missed', async () => {
    await telephone.hangUpForGood();
    telephone = await Telephone.start({ speed: 100, pageRingMs: 200 });
    page = await PhonePage.open(telephone.simulator.url, ME);
    const call = await telephone.call(ME);
    expect((await call.is('Terminated')).data).toMatchObject({ ResultInfo: { Code: 480 } });
    expect((await page.isQuiet()).past).toMatchObject([{ ending: 'missed' }]);
  });

  it('rings on after the page was closed, and then the number is simulated again', async () => {
    await telephone.hangUpForGood();
    telephone = await Telephone.start({ speed: 100, pageRingMs: 300 });
    page = await PhonePage.open(telephone.simulator.url, ME);
    const call = await telephone.call(ME);
    await page.rings();
    await page.close();
    expect((await call.is('Terminated')).data).toMatchObject({ ResultInfo: { Code: 480 } });
    telephone.person(ME, 'declines');
    const next = await telephone.call(ME);
    expect((await next.is('Terminated')).data).toMatchObject({ ResultInfo: { Code: 603 } });
  });

  it('hangs up if the page was closed during a call', async () => {
    const call = await telephone.call(ME);
    await page.rings();
    await page.answers();
    await call.is('Established');
    await page.close();
    await call.is('Terminated');
    expect(call.record.people).toMatchObject([{ did: 'left' }]);
  });

  it('keeps the call if the page is reloaded', async () => {
    const call = await telephone.call(ME);
    await page.rings();
    await page.answers();
    await call.is('Established');
    await page.presses('5');
    await page.close();
    // When the simulator answers this request, it knows that the page has gone.
    await telephone.control('GET', '/simulator/people');
    page = await PhonePage.open(telephone.simulator.url, ME);
    expect(page.view.call).toMatchObject({ state: 'talking', pressed: '5' });
    // Wait longer than a page may be away.
    await call.plays(BACK_MS / 1000, 'the message');
    await call.hears('PlayAudioResult', { Status: 'Completed' });
    await page.presses('1');
    await telephone.receives(({ data }) => JSON.stringify(data).includes('Tone1'));
    expect(call.record.state).toBe('Established');
  });

  it('stops ringing once it is answered, and is not treated as missed later', async () => {
    await telephone.hangUpForGood();
    telephone = await Telephone.start({ speed: 100, pageRingMs: 500 });
    page = await PhonePage.open(telephone.simulator.url, ME);
    const call = await telephone.call(ME);
    await page.rings();
    await page.answers();
    await call.is('Established');
    await call.plays(0.5, 'the message');
    await call.hears('PlayAudioResult', { Status: 'Completed' });
    expect(page.view).toMatchObject({ call: { state: 'talking' }, past: [] });
    await page.hangsUp();
    await call.is('Terminated');
  });

  it('is silent when the page reconnects after a reset of the simulator', async () => {
    await telephone.call(ME);
    await page.rings();
    telephone.simulator.reset();
    await page.isCutOff();
    page = await PhonePage.open(telephone.simulator.url, ME);
    expect(page.view).toEqual({ identity: ME, call: null, past: [] });
  });
});

describe('by today’s API', () => {
  it('a text is shown with its voice and takes as long as the page needs, and key presses are reported', async () => {
    const today = await GaTelephone.start({ speed: 100 });
    const me = await PhonePage.open(today.simulator.url, ME);
    const { callConnectionProperties } = await today.client.createCall(
      { targetParticipant: { phoneNumber: ME }, sourceCallIdNumber: { phoneNumber: CALLER } },
      today.callbackUrl,
      { callIntelligenceOptions: { cognitiveServicesEndpoint: 'https://speech.simulator.invalid' } },
    );
    const id = callConnectionProperties.callConnectionId ?? '';
    await me.rings();
    await me.answers();
    await today.hears(id, 'CallConnected');
    const media = today.client.getCallConnection(id).getCallMedia();
    await media.startContinuousDtmfRecognition({ phoneNumber: ME });
    const text = 'The power is out. We are sorry.'.repeat(20);
    await media.playToAll([{ kind: 'textSource', text, voiceName: 'en-US-JennyNeural' }]);
    const { sounds } = await me.hears(1);
    expect(sounds).toMatchObject([{ text, voice: 'en-US-JennyNeural' }]);
    expect((await me.recording(sounds[0]?.id ?? '')).status).toBe(404);
    await me.hasHeard(sounds[0]?.id ?? '');
    await today.hears(id, 'PlayCompleted');
    await me.presses('1');
    expect((await today.hears(id, 'ContinuousDtmfRecognitionToneReceived')).data).toMatchObject({ tone: 'one' });
    await me.hangsUp();
    await today.hears(id, 'CallDisconnected');
    await me.close();
    await today.hangUpForGood();
  });
});

describe('a wrong request', () => {
  it.each(['answer', 'decline', 'hangUp'])('%s is refused if there is no call', async (action) => {
    const { status, body } = await telephone.control('POST', `/simulator/phones/${ME}/${action}`);
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { code: expect.stringMatching(/^NotRinging|NotInACall$/) },
    });
  });

  it('is refused for a number that no page has picked', async () => {
    const { status, body } = await telephone.control('POST', '/simulator/phones/+14255550199/answer');
    expect({ status, body }).toMatchObject({ status: 400, body: { code: 'NobodyThere' } });
  });

  it('is refused for something that is not a number', async () => {
    expect((await telephone.control('GET', '/simulator/phones/me')).status).toBe(400);
  });
});

describe('the page itself', () => {
  it('suggests a number that no page has, and shows the configured ways to get a call', async () => {
    const way = { title: 'One call', command: 'call {number}' };
    telephone.simulator.canBeCalled(way);
    const { body } = await telephone.control('GET', '/simulator/phones');
    expect(body).toEqual({ free: '+14255550124', ways: [way] });
  });

  it.each([
    ['/phone', 'text/html'],
    ['/phone/main.js', 'text/javascript'],
    ['/phone/style.css', 'text/css'],
    ['/phone/icon.svg', 'image/svg+xml'],
  ])('%s is served with a policy that only allows connections to the simulator', async (path, type) => {
    const response = await fetch(`${telephone.simulator.url}${path}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain(type);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(await response.text()).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
  });

  it.each(['/phone/main.ts', '/phone/..%2fmain.ts', '/phone/toString'])('%s is not served', async (path) => {
    expect((await fetch(`${telephone.simulator.url}${path}`)).status).toBe(404);
  });
});

it('a simulator that closes disconnects its pages', async () => {
  const simulator = await startSimulator();
  const visitor = await PhonePage.open(simulator.url, ME);
  await simulator.close();
  await visitor.isCutOff();
});
