import { execFile } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { arch, homedir, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);

export type Environment = Readonly<Record<string, string>>;

const id = (n: number): string => `00000000-0000-0000-0000-${String(n).padStart(12, '0')}`;
/** Where the predicted deployment takes place. */
const PLACE = Object.entries({
  '--tenant-id': id(1),
  '--subscription-id': id(2),
  '--resource-group': 'ringdown',
  '--location': 'westeurope',
}).flat();

/** The Bicep compiler, pinned: another version has other rules and knows other API versions. */
const VERSION = '0.49.2';
const OS: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'osx', win32: 'win' };
const PACKAGE = `Azure.Bicep.CommandLine.${OS[platform()] ?? platform()}-${arch()}`;
/** NuGet keeps packages here. The folder survives `npm ci`, and all clones share it. */
const PACKAGES = process.env['NUGET_PACKAGES'] ?? join(homedir(), '.nuget', 'packages');
const PROGRAM = join(PACKAGES, PACKAGE.toLowerCase(), VERSION, 'tools', platform() === 'win32' ? 'bicep.exe' : 'bicep');

/** A project that downloads one package and needs no other. */
const PROJECT = `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net8.0</TargetFramework>
    <DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>
  </PropertyGroup>
  <ItemGroup><PackageDownload Include="${PACKAGE}" Version="[${VERSION}]" /></ItemGroup>
</Project>
`;

/** Path of the compiler, or undefined if it is not on this machine. `npm run infra` gets it. */
export function findBicep(): string | undefined {
  try {
    accessSync(PROGRAM, constants.X_OK);
    return PROGRAM;
  } catch {
    return undefined;
  }
}

/**
 * Gets the compiler from NuGet, if it is not there yet.
 * @returns Its path.
 * @throws Error that says why it cannot be had: no .NET SDK, no NuGet.
 */
export async function restoreBicep(): Promise<string> {
  const found = findBicep();
  if (found) return found;
  const folder = mkdtempSync(join(tmpdir(), 'bicep-'));
  try {
    writeFileSync(join(folder, 'bicep.csproj'), PROJECT);
    const env = { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' };
    await run('dotnet', ['restore', folder, '--packages', PACKAGES], { env, timeout: 180_000 });
    // NuGet packages carry no file modes.
    chmodSync(PROGRAM, 0o755);
    return PROGRAM;
  } catch (error) {
    throw new Error(`${PACKAGE} ${VERSION}: ${reason(error)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Compiles a file of parameters, with the template and its modules.
 * @param environment The environment variables that the parameters read.
 * @returns One line for each thing that the compiler or the linter says about it.
 */
export async function lint(bicep: string, file: string, environment: Environment): Promise<string[]> {
  return lines(await said(bicep, ['lint', file], environment));
}

/** @returns The files that the compiler would write otherwise. */
export async function unformatted(bicep: string): Promise<string[]> {
  return withCopy(async (folder) => {
    await run(bicep, ['format', '--pattern', join(folder, '**', '*.{bicep,bicepparam}')]);
    const files = readdirSync('infra', { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.bicep(param)?$/.test(name),
    );
    return files.filter(
      (name) => readFileSync(join(folder, name), 'utf8') !== readFileSync(join('infra', name), 'utf8'),
    );
  });
}

/** What a deployment would create. Values that only Azure knows are expressions in square brackets. */
const Snapshot = z.object({
  predictedResources: z.array(
    z.looseObject({
      type: z.string(),
      name: z.string(),
      apiVersion: z.string(),
      properties: z.looseObject({}).optional(),
    }),
  ),
  diagnostics: z.array(z.unknown()),
});
export type Snapshot = z.infer<typeof Snapshot>;

/**
 * Predicts a deployment.
 * @param parameters A file of infra/.
 * @param environment The environment variables that the parameters read.
 * @throws Error if a parameter is missing, unknown or of the wrong type.
 */
export async function snapshot(bicep: string, parameters: string, environment: Environment): Promise<Snapshot> {
  return withCopy(async (folder) => {
    const args = ['snapshot', join(folder, parameters), '--mode', 'overwrite', ...PLACE];
    await run(bicep, args, { env: inFull(environment) });
    // It writes the snapshot beside the parameters.
    const written = parameters.replace(/\.bicepparam$/, '.snapshot.json');
    return Snapshot.parse(JSON.parse(readFileSync(join(folder, written), 'utf8')));
  });
}

async function withCopy<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'infra-'));
  try {
    cpSync('infra', folder, { recursive: true });
    return await work(folder);
  } catch (error) {
    throw new Error(reason(error));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function said(program: string, args: string[], environment: Environment): Promise<string> {
  try {
    const { stdout, stderr } = await run(program, args, { env: inFull(environment) });
    return stdout + stderr;
  } catch (error) {
    return reason(error);
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT' && !existsSync(PROGRAM)) return 'the .NET SDK is not installed';
  const output = ['stdout', 'stderr'].map((name) => String(Reflect.get(error, name) ?? '')).join('');
  return output.trim() || error.message;
}

/** The compiler keeps its cache in the home folder. */
const inFull = (environment: Environment): NodeJS.ProcessEnv => ({ HOME: homedir(), ...environment });

const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');
