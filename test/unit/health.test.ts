import { describe, expect, it } from 'vitest';
import { ConfigurationError, StorageError } from '../../src/lib/base/errors.ts';
import type { TableStore } from '../../src/lib/storage/table-store.ts';
import { healthOf, healthWithout } from '../../src/lib/views/health.ts';
import { MemoryWorld } from './support/memory-services.ts';
import { MemoryTables } from './support/memory-tables.ts';

class TablesOutOfReach extends MemoryTables {
  override query(): ReturnType<TableStore['query']> {
    return Promise.reject(new StorageError('Table Outages could not be used (no answer)', { isTransient: true }));
  }
}

describe('the app is', () => {
  it('ok if storage answers and the settings are valid', async () => {
    const health = await healthOf(new MemoryWorld().services);
    expect(health).toMatchObject({ status: 'ok', checks: { storage: 'ok', configuration: 'ok', timer: 'ok' } });
    expect(health.version).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('failing if the timer has stopped; the answer says when it last ran', async () => {
    const world = new MemoryWorld();
    await world.services.ticks.begin(world.now);
    world.passes(60);
    expect(await healthOf(world.services)).toMatchObject({ status: 'ok', lastTickSecondsAgo: 60 });
    world.passes(120);
    expect(await healthOf(world.services)).toMatchObject({
      status: 'failing',
      checks: { storage: 'ok', timer: 'the timer last ran 180 s ago' },
      lastTickSecondsAgo: 180,
    });
  });

  it('failing if storage does not answer', async () => {
    const { services } = new MemoryWorld(new TablesOutOfReach());
    await expect(healthOf(services)).resolves.toMatchObject({
      status: 'failing',
      checks: { storage: 'Table Outages could not be used (no answer)', configuration: 'ok' },
    });
  });

  it('failing if storage cannot be used for another reason, which may hold the value of a setting', async () => {
    const { services } = new MemoryWorld();
    const last = () => Promise.reject(new TypeError('Invalid URL: secret'));
    const health = await healthOf({ ...services, ticks: Object.assign(Object.create(services.ticks), { last }) });
    expect(health.checks.storage).toBe('failing');
  });

  it('failing if a setting is wrong; the check names it without its value', () => {
    const problem = new ConfigurationError(['CALLBACK_SECRET: must have at least 32 characters']);
    expect(healthWithout(problem)).toMatchObject({
      status: 'failing',
      checks: {
        configuration: 'CALLBACK_SECRET: must have at least 32 characters',
        storage: 'not checked: the settings are wrong',
        timer: 'not checked: the settings are wrong',
      },
    });
  });
});
