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
    // A library of ours is an ES module that asks where it is; CommonJS knows that by another name.
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': 'moduleUrl' },
    sourcemap: true,
    logLevel: 'warning',
  });
  return 0;
});
