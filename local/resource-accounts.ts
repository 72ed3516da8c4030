/** Simulated Teams resource accounts, for `--api tpe`. */

/** The callers of a setting, each the number of an account; and the accounts, as the simulator takes them. */
export type ResourceAccounts = {
  readonly callerNumbers: string;
  /** The number of each account, by object id. */
  readonly resourceAccounts: Readonly<Record<string, string>>;
};

/** Makes every number of CALLER_NUMBERS that of a resource account. */
export function asResourceAccounts(callerNumbers: string): ResourceAccounts {
  const callers = callerNumbers.split(',').map((entry) => {
    const [number = '', ...lines] = entry.split(':');
    return { number, account: objectIdOf(number), lines };
  });
  return {
    callerNumbers: callers.map(({ number, account, lines }) => [`${number}@${account}`, ...lines].join(':')).join(),
    resourceAccounts: Object.fromEntries(callers.map(({ number, account }) => [account, number])),
  };
}

/** An object id in which the number can be read. */
const objectIdOf = (number: string): string =>
  `00000000-0000-4000-8000-${number.replace(/\D/g, '').slice(-12).padStart(12, '0')}`;
