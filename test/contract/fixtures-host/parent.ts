/** A parent that starts Azurite and a host, prints their process ids, and does not stop them when it exits. */
import { startAzurite } from '../../../local/azurite.ts';
import { startFixture } from './process.ts';

const azurite = await startAzurite();
const host = await startFixture();
process.stdout.write(`${JSON.stringify([azurite.pid, host.pid])}\n`);
process.stdin.resume().once('end', () => process.exit(0));
