import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What this looks at of an ESTree node. */
interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

// The console's bundler brings the one parser of TSX that is here.
const parser = createRequire(join(import.meta.dirname, '../../console/package.json'));
const { parseSync } = parser('vite') as { parseSync(name: string, text: string): { program: Node } };

/** Attributes whose text people see or hear. */
const spoken = new Set([
  'alt',
  'aria-description',
  'aria-label',
  'aria-roledescription',
  'aria-valuetext',
  'cancelLabel',
  'children',
  'description',
  'errorMessage',
  'label',
  'placeholder',
  'primaryActionLabel',
  'secondaryActionLabel',
  'textValue',
  'title',
]);

/**
 * Words that people would see and that stand in the code itself: in the text and the attributes of JSX, and in the
 * markup of `html` templates.
 * @param path the file's name, whose ending says what it is
 * @returns them, in the order of the code
 */
export function wordsInCode(path: string, text: string): string[] {
  const found: string[] = [];
  const note = (words: string) => {
    const text = words.trim();
    // The product's name is the same in every language; what looks like a key is one.
    if (text === 'Postern' || /^[a-z]+(\.[a-z0-9_]+)+$/.test(text)) return;
    if (/\p{L}/u.test(text)) found.push(text);
  };
  visit(parseSync(path, text).program, (node) => {
    if (node.type === 'JSXAttribute' && spoken.has((node['name'] as { name?: string }).name ?? ''))
      noteExpression(node['value'] as Node | null, note);
    if ((node.type === 'JSXElement' || node.type === 'JSXFragment') && !isCode(node))
      for (const child of node['children'] as Node[])
        if (child.type === 'JSXText') note(child['value'] as string);
        else if (child.type === 'JSXExpressionContainer') noteExpression(child, note);
    if (node.type === 'TaggedTemplateExpression' && (node['tag'] as { name?: string }).name === 'html')
      note(textOfMarkup(quasis(node['quasi'] as Node).join('\u0000')));
  });
  return found;
}

/** Whether an element holds what programs say to each other, which is the same in every language. */
function isCode(node: Node): boolean {
  const opening = node['openingElement'] as { name?: { name?: string } } | undefined;
  return opening?.name?.name === 'code';
}

/** The strings that an expression may be, not those that it calls something with. */
function noteExpression(node: Node | null, note: (words: string) => void): void {
  switch (node?.type) {
    case 'Literal':
      if (typeof node['value'] === 'string') note(node['value']);
      break;
    case 'TemplateLiteral':
      note(quasis(node).join(' '));
      break;
    case 'JSXExpressionContainer':
    case 'ParenthesizedExpression':
      noteExpression(node['expression'] as Node, note);
      break;
    case 'ConditionalExpression':
      noteExpression(node['consequent'] as Node, note);
      noteExpression(node['alternate'] as Node, note);
      break;
    case 'LogicalExpression':
    case 'BinaryExpression':
      noteExpression(node['right'] as Node, note);
      break;
  }
}

function quasis(template: Node): string[] {
  return (template['quasis'] as { value: { raw: string } }[]).map(({ value }) => value.raw);
}

/** What is left of markup without its tags, attributes and entities; values stand as NUL in it. */
function textOfMarkup(markup: string): string {
  const isAttributes = /^\s*([\w-]+="[^"]*"|autofocus|checked|disabled|required|selected)(\s|$)/.test(markup);
  if (isAttributes) return '';
  return markup
    .replaceAll(/<!?[^>]*>/g, ' ')
    .replaceAll(/&\w+;/g, ' ')
    .replaceAll('\u0000', ' ')
    .trim();
}

function visit(node: unknown, look: (node: Node) => void): void {
  if (Array.isArray(node)) for (const each of node) visit(each, look);
  else if (typeof node === 'object' && node !== null) {
    if ('type' in node) look(node as Node);
    for (const each of Object.values(node)) if (typeof each === 'object') visit(each, look);
  }
}
