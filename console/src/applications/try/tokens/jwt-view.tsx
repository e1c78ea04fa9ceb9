import type { ReactNode } from 'react';
import { useText } from '../../../intl/text.ts';
import { CopyButton } from '../../../ui/copy-button.tsx';
import styles from '../try.module.css';
import { decodeJwt } from './decode.ts';
import { meanings } from './meanings.ts';
import { MembersTable } from './members-table.tsx';

/** A JWT taken apart: its header and claims, each with what it means. */
export function JwtView(props: {
  jwt: string;
  title: string;
  kind: keyof typeof meanings;
  /** Below the heading. */
  children?: ReactNode;
}) {
  const t = useText();
  const { jwt, title, kind, children } = props;
  const decoded = decodeJwt(jwt);
  if (!decoded) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: it is no part of a form
    <div role="group" aria-label={title} className={styles['token']}>
      <div className={styles['part-header']}>
        <h3>{title}</h3>
        <CopyButton text={jwt} what={title} />
      </div>
      {children}
      <MembersTable
        caption={t('try.jwt_header')}
        members={Object.entries(decoded.header)}
        meanings={meanings[kind]}
      />
      <MembersTable
        caption={t('try.jwt_claims')}
        members={Object.entries(decoded.claims)}
        meanings={meanings[kind]}
      />
    </div>
  );
}
