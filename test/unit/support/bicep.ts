import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Language, type Node, Parser } from 'web-tree-sitter';

const require = createRequire(import.meta.url);
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(require.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm')));

/** A parsed Bicep file. npm has no Bicep compiler; this parser knows the syntax, not the types. */
export class BicepFile {
  readonly root: Node;

  constructor(path: string) {
    const tree = parser.parse(readFileSync(path, 'utf8'));
    if (!tree) throw new Error(`${path} cannot be parsed`);
    this.root = tree.rootNode;
  }

  /** The syntax errors, each with its line. */
  syntaxErrors(): string[] {
    if (!this.root.hasError) return [];
    return all(this.root, (node) => node.isError || node.isMissing).map(
      ({ startPosition, text }) => `line ${startPosition.row + 1}: ${text.slice(0, 60)}`,
    );
  }

  /** The parameters, and whether each has a default. */
  params(): Map<string, boolean> {
    return new Map(
      this.#declared('parameter_declaration').map(([name, { namedChildren }]) => [name, namedChildren.length > 2]),
    );
  }

  /** Everything that has a name in the file. */
  names(): string[] {
    const kinds = ['parameter', 'variable', 'resource', 'module'].map((kind) => `${kind}_declaration`);
    return kinds.flatMap((kind) => this.#declared(kind).map(([name]) => name));
  }

  /** The texts of a variable that is a list of them. */
  list(variable: string): string[] {
    return (this.#variable(variable)?.namedChildren ?? []).map(textOf);
  }

  /** The keys of a variable that is an object. */
  keys(variable: string): string[] {
    return [...members(this.#variable(variable)).keys()];
  }

  /** The modules, each with its file and the parameters passed to it. */
  modules(): { path: string; given: string[] }[] {
    return this.#declared('module_declaration').map(([, declaration]) => {
      const [, path, body] = declaration.namedChildren;
      return { path: textOf(path), given: [...members(members(body).get('params')).keys()] };
    });
  }

  #variable(name: string): Node | undefined {
    const [, declaration] = this.#declared('variable_declaration').find(([declared]) => declared === name) ?? [];
    return declaration?.lastNamedChild ?? undefined;
  }

  #declared(kind: string): [name: string, declaration: Node][] {
    return all(this.root, ({ type }) => type === kind).map((node) => [node.firstNamedChild?.text ?? '', node]);
  }
}

function all(node: Node, wanted: (node: Node) => boolean): Node[] {
  return [...(wanted(node) ? [node] : []), ...node.children.flatMap((child) => (child ? all(child, wanted) : []))];
}

function members(object: Node | null | undefined): Map<string, Node | undefined> {
  const properties = object?.namedChildren.filter((child) => child?.type === 'object_property') ?? [];
  return new Map(
    properties.map((property) => [textOf(property?.firstNamedChild), property?.lastNamedChild ?? undefined]),
  );
}

const textOf = (node: Node | null | undefined): string => node?.text.replace(/^'|'$/g, '') ?? '';
