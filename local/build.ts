import { build } from 'esbuild';
import { readFlags, runCommand } from './cli.ts';

/** One CommonJS file for Azure. The Functions worker serves `@azure/functions-core` itself (platform docs: Node.js worker). */
await runCommand(async () => {
  readFlags('Usage: npm run build\n\nBundles the app into dist/app.cjs, for Azure.', {});
  await build({
    entryPoints: ['src/main.ts'],
    outfile: 'dist/app.cjs',
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: ['@azure/functions-core'],
    sourcemap: true,
    logLevel: 'warning',
  });
  return 0;
});
