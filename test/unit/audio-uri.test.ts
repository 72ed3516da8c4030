import { describe, expect, it } from 'vitest';
import { AudioUri, isPrivate } from '../../src/lib/call-automation/audio-uri.ts';
import { mustBePlayable } from '../../src/lib/call-automation/speech.ts';
import { PlayAudio, StartRequestedCall } from '../../src/lib/rules/calls/actions.ts';
import { CallScript } from '../../src/lib/rules/calls/script.ts';

describe('the address of an audio file', () => {
  it.each([
    'https://user:secret@audio.example/message.wav',
    'https://user@audio.example/message.wav',
    'https://audio.example/message.wav\r\nx-header: 1',
    'https://audio.example/\nmessage.wav',
    'https://audio.example/\tmessage.wav',
    ' https://audio.example/message.wav',
    'https:\\\\audio.example\\message.wav',
    'file:///etc/passwd',
    'ftp://audio.example/message.wav',
  ])('is refused wherever it comes in: %j', (uri) => {
    expect(AudioUri.safeParse(uri).success).toBe(false);
    expect(CallScript.safeParse({ message: uri }).success).toBe(false);
    expect(PlayAudio.safeParse({ callLegId: 'leg', audioFileUri: uri }).success).toBe(false);
    const targets = [{ phoneNumber: { value: '+14255550123' } }];
    expect(StartRequestedCall.safeParse({ targets, audioFileUri: uri }).success).toBe(false);
  });

  it.each(['https://audio.example/a.wav?sv=2024&sig=a%2Bb', 'http://8.8.8.8/a.wav', 'https://[2606:4700::1111]/a.wav'])(
    'may be public: %s',
    (uri) => {
      expect(AudioUri.parse(uri)).toBe(uri);
      expect(isPrivate(uri)).toBe(false);
    },
  );

  it.each([
    'http://127.0.0.1:8080/a.wav',
    'http://2130706433/a.wav',
    'http://0x7f.1/a.wav',
    'http://１２７.0.0.1/a.wav',
    'http://10.1.2.3/a.wav',
    'http://172.31.0.1/a.wav',
    'http://192.168.0.1/a.wav',
    'http://100.64.0.1/a.wav',
    'http://169.254.169.254/metadata/instance',
    'http://168.63.129.16/a.wav',
    'http://0.0.0.0/a.wav',
    'http://[::1]/a.wav',
    'http://[::]/a.wav',
    'http://[::ffff:127.0.0.1]/a.wav',
    'http://[::ffff:a9fe:a9fe]/a.wav',
    'http://[64:ff9b::a9fe:a9fe]/a.wav',
    'http://[fe80::1]/a.wav',
    'http://[fd00::1]/a.wav',
    'http://localhost/a.wav',
    'http://localhost./a.wav',
    'http://audio.localhost/a.wav',
    'http://printer.local/a.wav',
    'http://vm.internal.cloudapp.internal/a.wav',
    'http://intranet/a.wav',
  ])('at %s is refused by a service in Azure, and played by one on this machine', (uri) => {
    const playedBy = (hasPrivateAudio: boolean) => () =>
      mustBePlayable({ calls: { speaks: false }, settings: { hasPrivateAudio } }, 'No', { message: uri });
    expect(playedBy(false)).toThrow('message: must have a public host');
    expect(playedBy(true)).not.toThrow();
  });
});
