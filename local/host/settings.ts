/** App settings, as in `process.env`. */
export type Settings = Readonly<Record<string, string | undefined>>;

/** Platform docs: `%NAME%` in a binding stands for an app setting. */
export function resolvePlaceholders(text: string, settings: Settings): string {
  return text.replace(/%([^%]+)%/g, (_, name: string) => {
    const value = settings[name];
    if (value === undefined) throw new Error(`"${text}" names the app setting ${name}, which is not set.`);
    return value;
  });
}

/** The connection string that a binding's `connection` names; the prefix `AzureWebJobs` may be left out, as in Azure. */
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

/** Platform docs: the app setting `AzureWebJobs.<function>.Disabled` switches a function off. */
export function isDisabled(functionName: string, settings: Settings): boolean {
  const value = settings[`AzureWebJobs.${functionName}.Disabled`] ?? settings[`AzureWebJobs_${functionName}_Disabled`];
  return value !== undefined && /^(true|1)$/i.test(value.trim());
}
