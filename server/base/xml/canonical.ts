import { namespaceOf, type XmlElement } from './read.ts';

export interface CanonicalOptions {
  /** An element that is left out with all below it: the signature of what is signed. */
  readonly without?: XmlElement;
  /** The prefixes of an `InclusiveNamespaces` list, with an empty one for `#default`. */
  readonly inclusivePrefixes?: readonly string[];
}

/** The namespaces that were written so far, above an element. */
type Written = ReadonlyMap<string, string>;

/** The one way to write an element: Exclusive XML Canonicalization 1.0, without comments (which none that was read here has). */
export function canonicalXml(element: XmlElement, options: CanonicalOptions = {}): string {
  const parts: string[] = [];
  write(element, new Map(), options, parts);
  return parts.join('');
}

function write(element: XmlElement, above: Written, options: CanonicalOptions, parts: string[]): void {
  const name = nameOf(element);
  const declared = declarationsOf(element, above, options.inclusivePrefixes ?? []);
  parts.push('<', name);
  for (const [prefix, namespace] of declared)
    parts.push(prefix === '' ? ' xmlns="' : ` xmlns:${prefix}="`, escapeAttribute(namespace), '"');
  for (const attribute of element.attributes.toSorted(byName))
    parts.push(' ', nameOf(attribute), '="', escapeAttribute(attribute.value), '"');
  parts.push('>');
  const written = declared.length === 0 ? above : new Map([...above, ...declared]);
  for (const child of element.children)
    if (typeof child === 'string') parts.push(escapeText(child));
    else if (child !== options.without) write(child, written, options, parts);
  parts.push('</', name, '>');
}

/** The namespaces to write at an element: those that its own names use, or that are listed, and that are not in force already. */
function declarationsOf(
  element: XmlElement,
  above: Written,
  inclusivePrefixes: readonly string[],
): [prefix: string, namespace: string][] {
  const used = new Set([element.prefix, ...inclusivePrefixes]);
  for (const { prefix } of element.attributes) if (prefix !== '') used.add(prefix);
  used.delete('xml');
  const declared: [string, string][] = [];
  for (const prefix of used) {
    const namespace = namespaceOf(element, prefix);
    // No default namespace is only worth saying where one is in force.
    const inForce = above.get(prefix) ?? (prefix === '' ? '' : undefined);
    if (namespace !== undefined && namespace !== inForce) declared.push([prefix, namespace]);
  }
  return declared.sort(([one], [other]) => compare(one, other));
}

function byName(
  one: Pick<XmlElement, 'namespace' | 'localName'>,
  other: Pick<XmlElement, 'namespace' | 'localName'>,
): number {
  return compare(one.namespace, other.namespace) || compare(one.localName, other.localName);
}

/** By code units, whatever the language of the machine is. */
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function nameOf({ prefix, localName }: Pick<XmlElement, 'prefix' | 'localName'>): string {
  return prefix === '' ? localName : `${prefix}:${localName}`;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

function escapeText(text: string): string {
  return text.replace(/[&<>\r]/g, (character) => escapes[character] as string);
}

function escapeAttribute(value: string): string {
  return value.replace(/[&<"\t\n\r]/g, (character) => escapes[character] as string);
}

/** A text as it may stand between tags and in the quotes of an attribute. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"\t\n\r]/g, (character) => escapes[character] as string);
}
