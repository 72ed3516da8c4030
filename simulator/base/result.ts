/** How an operation ended, as events report it. */
export type Result = {
  code: number;
  subcode: number;
  message: string;
  /** What the telephone network said: a SIP response and a Q.850 cause. Only today's API passes it on. */
  network?: { readonly sip: number; readonly q850: number };
};

/** The messages are those of the reference page, "falied" included. */
export const COMPLETED: Result = { code: 200, subcode: 0, message: 'Action completed successfully.' };
export const CANCELLED: Result = { code: 400, subcode: 8508, message: 'Action falied, the operation was cancelled.' };
