// `require('@azure/functions-core')` resolves to this module while the local host runs. core-module.ts sets the object.
module.exports = globalThis[Symbol.for('local-host.functions-core')];
