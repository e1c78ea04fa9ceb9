/** An element of a document that was read. Its namespaces are resolved, its entities replaced, its line ends `\n`. */
export interface XmlElement {
  readonly prefix: string;
  readonly localName: string;
  /** The namespace name; empty for none. */
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  /** What this element itself declares: namespace names by prefix, empty for the default one. */
  readonly declared: ReadonlyMap<string, string>;
  readonly parent: XmlElement | null;
  readonly children: readonly (XmlElement | string)[];
}

export interface XmlAttribute {
  readonly prefix: string;
  readonly localName: string;
  /** Empty for an attribute without prefix. */
  readonly namespace: string;
  readonly value: string;
}

/** A text that is no XML, or more of XML than is read here. The message is half a sentence, and repeats nothing of the text. */
export class BadXml extends Error {
  override name = 'BadXml';
}

/** What a document may be made of; whoever sends more means harm. Lengths count UTF-16 units. */
const most = {
  depth: 32,
  elements: 10_000,
  attributes: 64,
  namespaces: 64,
  nameLength: 256,
  namespaceLength: 512,
};

export const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/';

const declaration =
  /^<\?xml\s+version\s*=\s*(["'])1\.0\1(?:\s+encoding\s*=\s*(["'])utf-8\2)?(?:\s+standalone\s*=\s*(["'])(?:yes|no)\3)?\s*\?>/i;
const tokens = {
  space: /[ \t\n]+/y,
  // XML has more characters for names; nothing that is read here is named by them.
  name: /(?:([A-Za-z_][A-Za-z0-9._-]*):)?([A-Za-z_][A-Za-z0-9._-]*)/y,
  equals: /[ \t\n]*=[ \t\n]*/y,
  quoted: /"([^"<]*)"|'([^'<]*)'/y,
  text: /[^<]+/y,
};
/** Characters that XML has none of, and lone surrogates. */
const impossible = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/**
 * Reads XML 1.0 with namespaces, as far as documents need it that machines exchange. Whatever could mean one thing to this reader and another to the next is
 * refused: a document type (and with it entities, and everything that is fetched), processing instructions, CDATA sections, and, unless they are
 * skipped, comments. So an element is no more than its name, its attributes and its children.
 * @param comments `skip` takes them out as if they had not been there
 * @throws BadXml
 */
export function readXml(text: string, comments: 'refuse' | 'skip' = 'refuse'): XmlElement {
  if (impossible.test(text)) throw new BadXml('it has characters that no XML has');
  return new Reader(text.replace(/\r\n?/g, '\n'), comments).read();
}

interface Growing extends XmlElement {
  readonly children: (XmlElement | string)[];
}

class Reader {
  readonly #text: string;
  readonly #comments: 'refuse' | 'skip';
  #at = 0;
  #elements = 0;

  constructor(text: string, comments: 'refuse' | 'skip') {
    this.#text = text;
    this.#comments = comments;
  }

  read(): XmlElement {
    this.#at = declaration.exec(this.#text)?.[0].length ?? 0;
    let root: XmlElement | null = null;
    let open: Growing | null = null;
    let depth = 0;
    while (this.#at < this.#text.length) {
      const text = this.#take(tokens.text)?.[0];
      if (text !== undefined) {
        if (open) addText(open, replaceEntities(text));
        else if (/[^ \t\n]/.test(text)) throw new BadXml('it has text outside of its element');
      } else if (this.#text.startsWith('</', this.#at)) {
        if (!open) throw new BadXml('it closes an element that is not open');
        this.#close(open);
        open = open.parent as Growing | null;
        depth--;
      } else if (this.#text.startsWith('<!', this.#at) || this.#text.startsWith('<?', this.#at)) {
        this.#skipComment();
      } else {
        if (!open && root) throw new BadXml('it has more than one element at the top');
        if (++this.#elements > most.elements) throw new BadXml(`it has more than ${most.elements} elements`);
        const { element, isEmpty }: { element: Growing; isEmpty: boolean } = this.#open(open);
        root ??= element;
        open?.children.push(element);
        if (isEmpty) continue;
        if (++depth > most.depth) throw new BadXml(`its elements are nested more than ${most.depth} deep`);
        open = element;
      }
    }
    if (!root || open) throw new BadXml('it ends before it is complete');
    return root;
  }

  #take(token: RegExp): RegExpExecArray | null {
    token.lastIndex = this.#at;
    const found = token.exec(this.#text);
    if (found) this.#at = token.lastIndex;
    return found;
  }

  #skipComment(): void {
    if (!this.#text.startsWith('<!--', this.#at))
      throw new BadXml('it has a document type, a CDATA section or a processing instruction');
    if (this.#comments === 'refuse') throw new BadXml('it has a comment');
    const end = this.#text.indexOf('--', this.#at + 4);
    if (end < 0 || this.#text[end + 2] !== '>') throw new BadXml('it has a comment that does not end');
    this.#at = end + 3;
  }

  #name(): { prefix: string; localName: string } {
    const [whole = '', prefix = '', localName = ''] = this.#take(tokens.name) ?? [];
    if (localName === '' || whole.length > most.nameLength) throw new BadXml('it has a name that is none');
    return { prefix, localName };
  }

  #close({ prefix, localName }: XmlElement): void {
    this.#at += 2;
    const closed = this.#name();
    this.#take(tokens.space);
    if (closed.prefix !== prefix || closed.localName !== localName || this.#text[this.#at] !== '>')
      throw new BadXml('its elements are not closed in their order');
    this.#at++;
  }

  #open(parent: XmlElement | null): { element: Growing; isEmpty: boolean } {
    this.#at++;
    const name = this.#name();
    const declared = new Map<string, string>();
    const written: { prefix: string; localName: string; value: string }[] = [];
    let isEmpty = false;
    for (;;) {
      const isSpaced = this.#take(tokens.space) !== null;
      if (this.#text.startsWith('/>', this.#at)) isEmpty = true;
      if (isEmpty || this.#text[this.#at] === '>') break;
      if (!isSpaced) throw new BadXml('it has a tag that cannot be read');
      const attribute = this.#attribute();
      if (written.length + declared.size >= most.attributes)
        throw new BadXml(`it has an element with more than ${most.attributes} attributes`);
      const { prefix, localName, value } = attribute;
      const isDeclaration = prefix === 'xmlns' || (prefix === '' && localName === 'xmlns');
      if (isDeclaration) declare(declared, prefix === '' ? '' : localName, value);
      else written.push(attribute);
    }
    this.#at += isEmpty ? 2 : 1;

    const scope = { declared, parent };
    if (declared.size > 0 && countDeclared(scope) > most.namespaces)
      throw new BadXml(`it declares more than ${most.namespaces} namespaces for one element`);
    const element = {
      ...name,
      namespace: resolve(scope, name.prefix),
      attributes: written.map((attribute) => ({
        ...attribute,
        namespace: attribute.prefix === '' ? '' : resolve(scope, attribute.prefix),
      })),
      ...scope,
      children: [],
    };
    const names = element.attributes.map(({ namespace, localName }) => `${localName} ${namespace}`);
    if (new Set(names).size < names.length) throw new BadXml('it has an element with an attribute twice');
    return { element, isEmpty };
  }

  #attribute(): { prefix: string; localName: string; value: string } {
    const name = this.#name();
    const [, double, single] = (this.#take(tokens.equals) && this.#take(tokens.quoted)) ?? [];
    const raw = double ?? single;
    if (raw === undefined) throw new BadXml('it has an attribute that cannot be read');
    // XML 1.0 3.3.3: white space as it is written is a space; what a reference stands for stays.
    return { ...name, value: replaceEntities(raw.replace(/[\t\n]/g, ' ')) };
  }
}

function addText(element: Growing, text: string): void {
  const last = element.children.at(-1);
  // One text where a comment was skipped, so that nobody reads half of it.
  if (typeof last === 'string') element.children[element.children.length - 1] = last + text;
  else element.children.push(text);
}

function declare(declared: Map<string, string>, prefix: string, namespace: string): void {
  if (declared.has(prefix)) throw new BadXml('it has an element with an attribute twice');
  const isReserved =
    prefix === 'xml' || prefix === 'xmlns' || [xmlNamespace, xmlnsNamespace].includes(namespace);
  if (isReserved || (prefix !== '' && namespace === '') || namespace.length > most.namespaceLength)
    throw new BadXml('it declares a namespace that may not be declared');
  declared.set(prefix, namespace);
}

function countDeclared({ declared, parent }: Pick<XmlElement, 'declared' | 'parent'>): number {
  return declared.size + (parent ? countDeclared(parent) : 0);
}

/** @throws BadXml when nothing above declares it */
function resolve(scope: Pick<XmlElement, 'declared' | 'parent'>, prefix: string): string {
  const namespace = namespaceOf(scope, prefix);
  if (namespace === undefined) throw new BadXml('it has a prefix that it does not declare');
  return namespace;
}

/** What a prefix stands for at an element; undefined for nothing, empty for no default namespace. */
export function namespaceOf(
  { declared, parent }: Pick<XmlElement, 'declared' | 'parent'>,
  prefix: string,
): string | undefined {
  if (prefix === 'xml') return xmlNamespace;
  const here = declared.get(prefix);
  if (here !== undefined) return here;
  for (let above = parent; above; above = above.parent) {
    const found = above.declared.get(prefix);
    if (found !== undefined) return found;
  }
  return prefix === '' ? '' : undefined;
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function replaceEntities(text: string): string {
  return text.replace(/&([^;&]{0,10};)?/g, (_, reference: string | undefined) => {
    const name = reference?.slice(0, -1) ?? '';
    if (Object.hasOwn(entities, name)) return entities[name] as string;
    const [, hex, decimal] = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(name) ?? [];
    const code = hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal);
    if (!(code <= 0x10ffff)) throw new BadXml('it has an entity that XML does not have by itself');
    const character = String.fromCodePoint(code);
    if (impossible.test(character)) throw new BadXml('it has characters that no XML has');
    return character;
  });
}

/** The elements right below an element, of this name; any name where none is given. */
export function childrenOf(element: XmlElement, namespace?: string, localName?: string): XmlElement[] {
  return element.children.filter(
    (child): child is XmlElement =>
      typeof child !== 'string' &&
      (namespace === undefined || child.namespace === namespace) &&
      (localName === undefined || child.localName === localName),
  );
}

/** An element and all below it, in the order of the document. */
export function* descendantsOf(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const child of element.children) if (typeof child !== 'string') yield* descendantsOf(child);
}

/** The text of an element that holds nothing but text; undefined when it holds elements. */
export function textOf(element: XmlElement): string | undefined {
  const [first = '', ...more] = element.children;
  return typeof first === 'string' && more.length === 0 ? first : undefined;
}

/** The value of an attribute without namespace. */
export function attributeOf(element: XmlElement, localName: string): string | undefined {
  return element.attributes.find((each) => each.namespace === '' && each.localName === localName)?.value;
}
