/**
 * The libraries that only workbooks need. In the package they are a file of their own (local/build.ts), which is loaded
 * with the first workbook: import this file with `await import()`, and only for values.
 */
export { format, getFormatFromId, isDateFormat } from 'numfmt';
export { SaxesParser } from 'saxes';
export { fromBufferPromise } from 'yauzl';
