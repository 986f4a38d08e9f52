/**
 * What of the settings goes to the server, and how.
 *
 * The manifest is the list. What is scoped `machine` there decides what runs and where text
 * goes: only the user can set it, and it goes into the server's environment. The rest goes over LSP,
 * and only what somebody has set, so that the user's config.toml gives the defaults.
 */

/** One property of the manifest's configuration. */
export interface Property {
  readonly scope?: string;
}

export type Properties = Readonly<Record<string, Property>>;

const SECTION = "codellama.";

/** What is about the client alone. */
const CLIENTS = ["codellama.server.", "codellama.trace."];

/** Return the properties of all groups of a manifest's configuration. */
export function properties(manifest: {
  readonly contributes: { readonly configuration: readonly { readonly properties: Properties }[] };
}): Properties {
  return Object.assign({}, ...manifest.contributes.configuration.map((group) => group.properties));
}

/** Return what is sent as the section `codellama`: nested, and without what nobody has set. */
export function sent(all: Properties, read: (name: string) => unknown): Record<string, unknown> {
  const section: Record<string, unknown> = {};
  for (const name of names(all, (property) => property.scope !== "machine")) {
    const value = read(name);
    if (value !== undefined) {
      put(section, name.slice(SECTION.length).split("."), value);
    }
  }
  return section;
}

/** Return what goes into the server's environment, `CODELLAMA_ON_DEMAND_MODEL` and so on; lists as JSON. */
export function environment(
  all: Properties,
  read: (name: string) => unknown,
): Record<string, string> {
  const set = names(all, (property) => property.scope === "machine")
    .map((name) => [variable(name), read(name)] as const)
    .filter(([, value]) => value !== undefined && value !== null && value !== "");
  return Object.fromEntries(
    set.map(([name, value]) => [name, Array.isArray(value) ? JSON.stringify(value) : String(value)]),
  );
}

function variable(name: string): string {
  return name
    .replaceAll(".", "_")
    .replaceAll(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase();
}

function names(all: Properties, wanted: (property: Property) => boolean): string[] {
  return Object.entries(all)
    .filter(([name, property]) => wanted(property) && !CLIENTS.some((prefix) => name.startsWith(prefix)))
    .map(([name]) => name);
}

function put(section: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first, ...rest] = path;
  if (first === undefined) {
    return;
  }
  if (rest.length === 0) {
    section[first] = value;
    return;
  }
  const group = (section[first] ??= {}) as Record<string, unknown>;
  put(group, rest, value);
}
