import type { ReactNode } from 'react';

/** Tags that any message may use. */
export const richTextElements = {
  b: (chunks: ReactNode[]) => <strong>{chunks}</strong>,
  code: (chunks: ReactNode[]) => <code>{chunks}</code>,
};
