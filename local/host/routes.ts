/** The target of a path, with its route parameters. */
export type RouteMatch<T> = {
  target: T;
  params: Record<string, string>;
};

type CompiledRoute<T> = {
  target: T;
  /** Empty means any method. */
  methods: readonly string[];
  pattern: RegExp;
  params: { name: string; fallback: string | undefined; constraints: RegExp[] }[];
  precedence: number[];
};

/** Precedence of a segment in ASP.NET Core's inbound routing: lower values are tried first. */
const PRECEDENCE = { literal: 1, constrained: 2, parameter: 3, catchAll: 5 } as const;

/** The supported constraints; all others (`min`, `regex`, …) accept everything. */
const CONSTRAINT_PATTERNS: Record<string, RegExp> = {
  int: /^[+-]?\d+$/,
  long: /^[+-]?\d+$/,
  bool: /^(true|false)$/i,
  guid: /^\{?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$/i,
  alpha: /^[a-z]*$/i,
  decimal: /^[+-]?\d+(\.\d+)?$/,
  double: /^[+-]?\d+(\.\d+)?$/,
  float: /^[+-]?\d+(\.\d+)?$/,
};

/**
 * Matches paths to route templates as ASP.NET Core does for the Functions host: `{param}`, `{param?}`, `{param=value}`,
 * `{param:int}`, `{*rest}`. Literals ignore case and win over parameters.
 */
export class RouteTable<T> {
  readonly #routes: CompiledRoute<T>[] = [];

  add(template: string, methods: readonly string[], target: T): void {
    this.#routes.push(compile(template, methods, target));
    // `sort` is stable, so the first of two equal routes wins.
    this.#routes.sort((a, b) => comparePrecedence(a.precedence, b.precedence));
  }

  /** Finds the function for a method and a percent-encoded path. */
  match(method: string, path: string): RouteMatch<T> | undefined {
    const decoded = path.split('/').map(decodeSegment).join('/');
    for (const route of this.#routes) {
      if (route.methods.length > 0 && !route.methods.includes(method)) continue;
      const params = matchRoute(route, decoded);
      if (params) return { target: route.target, params };
    }
    return undefined;
  }
}

function compile<T>(template: string, methods: readonly string[], target: T): CompiledRoute<T> {
  const route: CompiledRoute<T> = { target, methods, pattern: /^/, params: [], precedence: [] };
  let pattern = '';
  for (const segment of template.split('/').filter((part) => part !== '')) pattern += compileSegment(segment, route);
  return { ...route, pattern: new RegExp(`^${pattern}/?$`, 'is') };
}

/** Returns the pattern of a segment, and adds its parameters and precedence to the route. */
function compileSegment<T>(segment: string, route: CompiledRoute<T>): string {
  const pieces = segment.split(/(\{[^{}]*\})/).filter((piece) => piece !== '');
  const parameters = pieces.filter((piece) => piece.startsWith('{')).map((piece) => parseParameter(piece, segment));
  route.params.push(...parameters);
  const [only] = parameters;
  if (!only) {
    route.precedence.push(PRECEDENCE.literal);
    return `/${escapePattern(segment)}`;
  }
  if (pieces.length > 1) {
    // `report-{name}.{ext}`: all parameters match lazily. ASP.NET's greedy last parameter is not needed here.
    route.precedence.push(PRECEDENCE.constrained);
    return `/${pieces.map((piece) => (piece.startsWith('{') ? '([^/]+?)' : escapePattern(piece))).join('')}`;
  }
  if (only.catchAll) {
    route.precedence.push(PRECEDENCE.catchAll);
    return '(?:/(.*?))?';
  }
  route.precedence.push(only.constraints.length > 0 ? PRECEDENCE.constrained : PRECEDENCE.parameter);
  return only.optional || only.fallback !== undefined ? '(?:/([^/]+))?' : '/([^/]+)';
}

function parseParameter(piece: string, segment: string) {
  const match = /^\{(\*{0,2})([A-Za-z_][\w-]*)((?::[^:=?]+)*)(?:=([^?]*))?(\?)?\}$/.exec(piece);
  if (!match) throw new Error(`The route segment "${segment}" is not valid.`);
  const [, stars, name = '', constraints = '', fallback, optional] = match;
  return {
    name,
    fallback,
    catchAll: stars !== '',
    optional: optional !== undefined,
    constraints: constraints
      .split(':')
      .map((constraint) => CONSTRAINT_PATTERNS[constraint.toLowerCase()])
      .filter((pattern) => pattern !== undefined),
  };
}

function matchRoute<T>(route: CompiledRoute<T>, path: string): Record<string, string> | undefined {
  const match = route.pattern.exec(path);
  if (!match) return undefined;
  const params: Record<string, string> = {};
  for (const [index, { name, fallback, constraints }] of route.params.entries()) {
    const value = match[index + 1] || fallback;
    // The Functions host leaves a missing optional parameter out of `request.params`.
    if (value === undefined) continue;
    if (!constraints.every((constraint) => constraint.test(value))) return undefined;
    params[name] = value;
  }
  return params;
}

function comparePrecedence(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** Decodes everything but the slash, as ASP.NET Core does before routing. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment).replaceAll('/', '%2F');
  } catch {
    return segment;
  }
}
