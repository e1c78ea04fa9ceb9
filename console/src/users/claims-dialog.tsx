import { TextArea } from '@react-spectrum/s2/TextArea';
import { useState } from 'react';
import {
  type ClaimsMistake,
  claimsSize,
  findClaimsMistake,
  maxClaimNames,
  maxUserClaims,
} from '../../../server/model/user-claims.ts';
import type { User } from '../api/types.ts';
import { useUpdateUser } from '../api/users.ts';
import type { MessageKey } from '../intl/messages.ts';
import { type Text, useText } from '../intl/text.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { showDone } from '../ui/toasts.ts';
import { mistakesOf } from './mistakes.ts';
import styles from './users.module.css';

/** Changes what a product says of a user: all of it at once, as JSON. */
export function ClaimsDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const t = useText();
  const update = useUpdateUser(user.id);
  const [text, setText] = useState(() => JSON.stringify(user.claims, null, 2));
  // Half an object is no mistake while it is typed.
  const [isTyping, setTyping] = useState(true);
  const read = readClaims(t, text);
  const mistake = (isTyping ? undefined : read.mistake) ?? mistakesOf(t, update.error).claims;
  const submit = () => {
    setTyping(false);
    if (!read.claims) return;
    update.mutate(
      { claims: read.claims },
      {
        onSuccess: () => {
          showDone(t('users.claims_saved', { name: user.name }));
          onClose();
        },
      },
    );
  };
  return (
    <FormDialog
      title={t('users.change_claims_title', { name: user.name })}
      size="L"
      submitLabel={t('users.change_claims_submit')}
      isPending={update.isPending}
      failure={
        update.error && mistake === undefined ? { title: t('users.not_saved'), error: update.error } : null
      }
      onSubmit={submit}
      onClose={onClose}
    >
      <p>{t('users.claims_rules', { names: maxClaimNames, bytes: maxUserClaims })}</p>
      <TextArea
        label={t('users.claims_json')}
        description={
          read.claims && t('users.claims_size', { size: claimsSize(read.claims), bytes: maxUserClaims })
        }
        autoFocus
        autoComplete="off"
        autoCorrect="off"
        spellCheck="false"
        value={text}
        onChange={(value) => {
          setText(value);
          setTyping(true);
          update.reset();
        }}
        onBlur={() => setTyping(false)}
        isInvalid={mistake !== undefined}
        errorMessage={mistake}
        UNSAFE_className={styles['claims-text'] ?? ''}
        UNSAFE_style={{ width: '100%' }}
      />
    </FormDialog>
  );
}

const sentences: Record<ClaimsMistake['kind'], MessageKey> = {
  no_object: 'users.claims_no_object',
  too_many: 'users.claims_too_many',
  too_large: 'users.claims_too_large',
  form_of_name: 'users.claims_form_of_name',
  reserved: 'users.claims_reserved',
  value: 'users.claims_value',
};

function readClaims(t: Text, text: string): { claims?: User['claims']; mistake?: string } {
  let claims: unknown;
  try {
    claims = JSON.parse(text);
  } catch {
    return { mistake: t('users.claims_no_json') };
  }
  const mistake = findClaimsMistake(claims);
  if (!mistake) return { claims: claims as User['claims'] };
  const about = 'name' in mistake ? { name: mistake.name } : {};
  return { mistake: t(sentences[mistake.kind], { names: maxClaimNames, bytes: maxUserClaims, ...about }) };
}
