/** How a report is asked for in parts. Without zod, so that the dashboard can use it. */

/** The value of the parameter `part` that asks for the first part. */
export const FIRST_PART = 'first';

/** The header with the value of `part` for the next part; an answer without it is the last part. */
export const NEXT_PART = 'x-next-part';
