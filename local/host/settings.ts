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

/** Whether the app setting `AzureWebJobs.<function>.Disabled` disables a function (platform docs). */
export function isDisabled(functionName: string, settings: Settings): boolean {
  const value = settings[`AzureWebJobs.${functionName}.Disabled`] ?? settings[`AzureWebJobs_${functionName}_Disabled`];
  return value !== undefined && /^(true|1)$/i.test(value.trim());
}
