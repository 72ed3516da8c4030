/** RIFF/WAVE files in the one format that the service plays: mono, 16 bits, 16 kHz, PCM. */

const SAMPLE_RATE = 16_000;
const BYTES_PER_SAMPLE = 2;
const BYTES_PER_SECOND = SAMPLE_RATE * BYTES_PER_SAMPLE;
const HEADER_BYTES = 44;
const PCM = 1;
const EXTENSIBLE = 0xfffe;

/** The file is not a WAV that the service can play. */
export class AudioFormatError extends Error {
  override readonly name = 'AudioFormatError';
}

/**
 * Reads the duration of a WAV, in seconds, from its header. Skips chunks that it does not need.
 * @throws AudioFormatError
 */
export function wavSeconds(file: Buffer): number {
  if (file.length < 12 || tag(file, 0) !== 'RIFF' || tag(file, 8) !== 'WAVE') {
    throw new AudioFormatError('It is not a WAV file');
  }
  const chunks = chunksOf(file);
  const format = chunks.get('fmt ');
  const data = chunks.get('data');
  if (!format || !data) throw new AudioFormatError('The WAV file has no fmt or no data chunk');
  checkFormat(file, format);
  // A file that was written as a stream declares more data than it has.
  return Math.min(data.size, file.length - data.start) / BYTES_PER_SECOND;
}

type Chunk = { start: number; size: number };

function chunksOf(file: Buffer): Map<string, Chunk> {
  const chunks = new Map<string, Chunk>();
  let at = 12;
  while (at + 8 <= file.length) {
    const chunk = { start: at + 8, size: file.readUInt32LE(at + 4) };
    chunks.set(tag(file, at), chunk);
    // Chunks start at even offsets.
    at = chunk.start + chunk.size + (chunk.size % 2);
  }
  return chunks;
}

function checkFormat(file: Buffer, { start, size }: Chunk): void {
  if (size < 16 || start + 16 > file.length)
    throw new AudioFormatError('The WAV file ends in the middle of its header');
  const coding = file.readUInt16LE(start);
  const channels = file.readUInt16LE(start + 2);
  const rate = file.readUInt32LE(start + 4);
  const bits = file.readUInt16LE(start + 14);
  if ((coding === PCM || coding === EXTENSIBLE) && channels === 1 && rate === SAMPLE_RATE && bits === 16) return;
  throw new AudioFormatError(
    `It must be mono, 16 bits, 16000 Hz, PCM, but has ${channels} channel(s), ${bits} bits, ${rate} Hz, coding ${coding}`,
  );
}

const tag = (file: Buffer, at: number): string => file.toString('latin1', at, at + 4);

/** A silent WAV that the service can play, for tests and first attempts. */
export function silentWav(seconds: number): Buffer {
  const size = Math.round(seconds * SAMPLE_RATE) * BYTES_PER_SAMPLE;
  const file = Buffer.alloc(HEADER_BYTES + size);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(HEADER_BYTES - 8 + size, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(PCM, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(SAMPLE_RATE, 24);
  file.writeUInt32LE(BYTES_PER_SECOND, 28);
  file.writeUInt16LE(BYTES_PER_SAMPLE, 32);
  file.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(size, 40);
  return file;
}
