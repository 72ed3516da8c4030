import type { ErrorStatus } from '../base/refusal.ts';

/** One version of Call Automation: its operations, its version numbers and the shape of its errors. */
export type Api<Name extends string = string> = {
  readonly operations: readonly Name[];
  readonly isVersion: (version: string | undefined) => boolean;
  /** The versions that it accepts, for error messages. */
  readonly versions: string;
  readonly error: (status: ErrorStatus, code: string, message: string) => ApiError;
};

/** An error as an API answers it. */
export type ApiError = { readonly status: ErrorStatus; readonly code: string; readonly body: object };

/** The error shape of the 2021 API. The control API and the phone page use it too. */
export const flatError = (status: ErrorStatus, code: string, message: string): ApiError => ({
  status,
  code,
  body: { code, message },
});
