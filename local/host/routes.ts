/** What a path was matched to. */
export interface RouteMatch<T> {
  target: T;
  params: Record<string, string>;
}

interface CompiledRoute<T> {
  target: T;
  /** Empty means any method. */
  methods: readonly string[];
  pattern: RegExp;
  params: { name: string; fallback: string | undefined; constraints: RegExp[] }[];
  precedence: number[];
}

/** ASP.NET Core's inbound precedence of a segment: the lower, the earlier it is tried. */
const precedence = { literal: 1, constrained: 2, parameter: 3, catchAll: 5 } as const;

/** The constraints worth telling apart; others (`min`, `regex`, …) accept everything. */
const constraintPatterns: Record<string, RegExp> = {
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
 * `{param:int}`, `{*rest}`; case does not matter in literals; literals win over parameters.
 */
export class RouteTable<T> {
  readonly #routes: CompiledRoute<T>[] = [];

  add(template: string, methods: readonly string[], target: T): void {
    this.#routes.push(compile(template, methods, target));
    // Array.prototype.sort is stable: of equal routes the first registered wins.
    this.#routes.sort((a, b) => comparePrecedence(a.precedence, b.precedence));
  }

  /** The function for a method and a raw (still percent-encoded) path. */
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

/** The pattern of one segment; notes its parameters and its precedence. */
function compileSegment<T>(segment: string, route: CompiledRoute<T>): string {
  const pieces = segment.split(/(\{[^{}]*\})/).filter((piece) => piece !== '');
  const parameters = pieces.filter((piece) => piece.startsWith('{')).map((piece) => parseParameter(piece, segment));
  route.params.push(...parameters);
  const [only] = parameters;
  if (!only) {
    route.precedence.push(precedence.literal);
    return `/${escapePattern(segment)}`;
  }
  if (pieces.length > 1) {
    // `report-{name}.{ext}`: each parameter takes as little as it can, ASP.NET's greedy last one is not needed here.
    route.precedence.push(precedence.constrained);
    return `/${pieces.map((piece) => (piece.startsWith('{') ? '([^/]+?)' : escapePattern(piece))).join('')}`;
  }
  if (only.catchAll) {
    route.precedence.push(precedence.catchAll);
    return '(?:/(.*?))?';
  }
  route.precedence.push(only.constraints.length > 0 ? precedence.constrained : precedence.parameter);
  return only.optional || only.fallback !== undefined ? '(?:/([^/]+))?' : '/([^/]+)';
}

function parseParameter(piece: string, segment: string) {
  const match = /^\{(\*{0,2})([A-Za-z_][\w-]*)((?::[^:=?]+)*)(?:=([^?]*))?(\?)?\}$/.exec(piece);
  if (!match) throw new Error(`The route segment "${segment}" is not understood.`);
  const [, stars, name = '', constraints = '', fallback, optional] = match;
  return {
    name,
    fallback,
    catchAll: stars !== '',
    optional: optional !== undefined,
    constraints: constraints
      .split(':')
      .map((constraint) => constraintPatterns[constraint.toLowerCase()])
      .filter((pattern) => pattern !== undefined),
  };
}

function matchRoute<T>(route: CompiledRoute<T>, path: string): Record<string, string> | undefined {
  const match = route.pattern.exec(path);
  if (!match) return undefined;
  const params: Record<string, string> = {};
  for (const [index, { name, fallback, constraints }] of route.params.entries()) {
    const value = match[index + 1] || fallback;
    // An optional parameter that is not there is left out of `request.params`, as by the Functions host.
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

/** ASP.NET Core decodes a path before it routes, all but the slash. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment).replaceAll('/', '%2F');
  } catch {
    return segment;
  }
}
