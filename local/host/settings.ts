/** App settings by name. */
export type Settings = Readonly<Record<string, string | undefined>>;

/** Replaces `%NAME%` in a binding with the app setting (platform docs). @throws Error if it is not set. */
export function resolvePlaceholders(text: string, settings: Settings): string {
  return text.replace(/%([^%]+)%/g, (_, name: string) => {
    const value = settings[name];
    if (value === undefined) throw new Error(`"${text}" names the app setting ${name}, which is not set.`);
    return value;
  });
}

/**
 * The connection string for the `connection` of a binding. The prefix `AzureWebJobs` is optional, as in Azure.
 * @throws Error if it is not set.
 */
export function connectionString(name: string, settings: Settings): string {
  const value = settings[name] || settings[`AzureWebJobs${name}`];
  if (!value) {
    throw new Error(
      `The app setting ${name} is not set; it must hold the storage connection string. ` +
        'Identity-based connections are not supported by the local host.',
    );
  }
  return value;
}

/** Whether the app setting `AzureWebJobs.<function>.Disabled` disables a function (platform docs). */
export function isDisabled(functionName: string, settings: Settings): boolean {
  const value = settings[`AzureWebJobs.${functionName}.Disabled`] ?? settings[`AzureWebJobs_${functionName}_Disabled`];
  return value !== undefined && /^(true|1)$/i.test(value.trim());
}
