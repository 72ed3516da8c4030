type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * The service's callbacks are PascalCase with explicit nulls while its models are camelCase without them
 * (reference page, In-Call Events): both are read as the second. Values are left alone.
 */
export function toCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toCamelCase);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null && member !== undefined)
      .map(([key, member]) => [lowerFirst(key), toCamelCase(member)]),
  );
}

/** The other way, for whoever plays the service. */
export function toPascalCase(value: Json): Json {
  if (Array.isArray(value)) return value.map(toPascalCase);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [upperFirst(key), toPascalCase(member)]));
}

export const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
export const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
export type { Json };
