// What `require('@azure/functions-core')` gives while the local host runs: core-module.ts puts the object there.
module.exports = globalThis[Symbol.for('local-host.functions-core')];
