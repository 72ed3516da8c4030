type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * Converts keys to camelCase and drops nulls. The service's callbacks are PascalCase with nulls; its models are
 * camelCase without (reference page, In-Call Events). Values do not change.
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

/** The reverse, for simulators of the service. */
export function toPascalCase(value: Json): Json {
  if (Array.isArray(value)) return value.map(toPascalCase);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [upperFirst(key), toPascalCase(member)]));
}

export const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
export const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
export type { Json };
