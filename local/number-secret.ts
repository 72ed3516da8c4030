/** Makes the ids of phone numbers on this machine, where nothing is kept that it would have to hide. */
export const LOCAL_NUMBER_SECRET = 'local, for made-up numbers only: not a secret';
