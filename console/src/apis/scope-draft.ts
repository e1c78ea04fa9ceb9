import { type Locale, locales } from '../../../server/model/user.ts';
import type { ApiScope } from '../api/types.ts';

/** A scope as it is being edited. */
export interface ScopeDraft {
  readonly name: string;
  readonly description: string;
  readonly descriptions: Readonly<Record<string, string | undefined>>;
  readonly default: boolean;
  /** Separated by space. */
  readonly claims: string;
}

/** @param scope undefined for a new one */
export function scopeDraftOf(scope: ApiScope | undefined): ScopeDraft {
  const { name = '', description = '', descriptions = {}, claims = [] } = scope ?? {};
  return { name, description, descriptions, default: scope?.default ?? false, claims: claims.join(' ') };
}

/** The scope as the API takes it: texts without the space around them, languages without a text left out. */
export function scopeOf(draft: ScopeDraft): ApiScope {
  const texts = Object.entries(draft.descriptions).map(
    ([locale, text = '']) => [locale, text.trim()] as const,
  );
  return {
    name: draft.name.trim(),
    description: draft.description.trim(),
    descriptions: Object.fromEntries(texts.filter(([, text]) => text !== '')),
    default: draft.default,
    claims: [...new Set(draft.claims.split(/\s+/).filter((name) => name !== ''))],
  };
}

/** The languages that a scope may have words in besides its own, which stand for English unless somebody said otherwise. */
export function otherLanguages({ descriptions }: Pick<ApiScope, 'descriptions'>): readonly Locale[] {
  return locales.filter((locale) => locale !== 'en' || descriptions[locale] !== undefined);
}
