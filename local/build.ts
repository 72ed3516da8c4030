import { build } from 'esbuild';

/** One CommonJS file for Azure. The Functions worker serves `@azure/functions-core` itself (platform docs: Node.js worker). */
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
