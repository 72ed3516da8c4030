import { describe, expect, it } from 'vitest';
import { AudioFormatError, silentWav, wavSeconds } from '../../simulator/audio/wav.ts';
import { masked } from '../../simulator/base/masking.ts';

describe('the duration of a WAV', () => {
  it('is read from its header', () => {
    expect(wavSeconds(silentWav(2.5))).toBe(2.5);
    expect(wavSeconds(silentWav(0))).toBe(0);
  });

  it('is found behind other chunks, even of odd length', () => {
    const plain = silentWav(1);
    const note = Buffer.from('LIST\x05\0\0\0notes\0', 'latin1');
    const file = Buffer.concat([plain.subarray(0, 36), note, plain.subarray(36), note]);
    expect(wavSeconds(file)).toBe(1);
  });

  it('is limited to the data in the file if the header declares more', () => {
    const streamed = silentWav(1);
    streamed.writeUInt32LE(0xffffffff, 40);
    expect(wavSeconds(streamed)).toBe(1);
  });

  const changed = (at: number, value: number): Buffer => {
    const file = silentWav(1);
    file.writeUInt16LE(value, at);
    return file;
  };
  it.each([
    ['text', Buffer.from('no audio at all'), 'not a WAV'],
    ['nothing', Buffer.alloc(0), 'not a WAV'],
    ['stereo', changed(22, 2), '2 channel(s)'],
    ['44.1 kHz', changed(24, 44_100), '44100 Hz'],
    ['8 bits', changed(34, 8), '8 bits'],
    ['MP3 inside', changed(20, 0x55), 'coding 85'],
    ['a header cut short', silentWav(1).subarray(0, 30), 'no data chunk'],
    ['a format chunk cut short', silentWav(1).subarray(0, 20), 'no data chunk'],
  ])('cannot be read from %s', (_, file, says) => {
    expect(() => wavSeconds(file)).toThrow(AudioFormatError);
    expect(() => wavSeconds(file)).toThrow(says);
  });
});

describe('masking', () => {
  it('keeps the first digit and the last four digits of a phone number', () => {
    expect(masked('call +14255550123 from +442079460000.')).toBe('call +1••••••0123 from +4•••••••0000.');
    expect(masked('1 + 2, 8:acs:user')).toBe('1 + 2, 8:acs:user');
  });
});
