import { describe, expect, it } from 'vitest';
import { ConfigurationError, StorageError } from '../../src/lib/base/errors.ts';
import type { TableStore } from '../../src/lib/storage/table-store.ts';
import { healthOf } from '../../src/lib/views/health.ts';
import { MemoryWorld } from './support/memory-services.ts';
import { MemoryTables } from './support/memory-tables.ts';

const settingsAreRight = (): object => ({});

class TablesOutOfReach extends MemoryTables {
  override get(): ReturnType<TableStore['get']> {
    return Promise.reject(new StorageError('Table OptOuts could not be used (no answer)', { isTransient: true }));
  }
}

describe('the app is', () => {
  it('ok if storage answers and the settings are valid', async () => {
    const health = await healthOf(new MemoryWorld().services, settingsAreRight);
    expect(health).toMatchObject({ status: 'ok', checks: { storage: 'ok', configuration: 'ok' } });
    expect(health.version).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('failing if storage does not answer', async () => {
    const { services } = new MemoryWorld(new TablesOutOfReach());
    await expect(healthOf(services, settingsAreRight)).resolves.toMatchObject({
      status: 'failing',
      checks: { storage: 'Table OptOuts could not be used (no answer)', configuration: 'ok' },
    });
  });

  it('failing if a setting is wrong; the check names it without its value', async () => {
    const settingsAreWrong = (): never => {
      throw new ConfigurationError(['CALLBACK_SECRET: must have at least 32 characters']);
    };
    await expect(healthOf(new MemoryWorld().services, settingsAreWrong)).resolves.toMatchObject({
      status: 'failing',
      checks: { configuration: 'CALLBACK_SECRET: must have at least 32 characters' },
    });
  });
});
