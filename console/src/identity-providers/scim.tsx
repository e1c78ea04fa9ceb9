import { ActionButton } from '@react-spectrum/s2/ActionButton';
import { Button } from '@react-spectrum/s2/Button';
import DeleteIcon from '@react-spectrum/s2/icons/Delete';
import { Text } from '@react-spectrum/s2/Text';
import { useState } from 'react';
import { useDeleteScimToken, useScimTokens } from '../api/identity-providers.ts';
import type { IdentityProvider, ScimToken } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { Ago, Day } from '../intl/time.tsx';
import { Confirmed } from '../ui/confirmed.tsx';
import { Copyable } from '../ui/copyable.tsx';
import { ErrorView } from '../ui/error-view.tsx';
import { Loading } from '../ui/loading.tsx';
import { Section } from '../ui/page.tsx';
import parts from '../ui/parts.module.css';
import { showDone, showProblem } from '../ui/toasts.ts';
import styles from './identity-providers.module.css';
import { NewScimTokenDialog } from './scim-token-dialog.tsx';

const maxTokens = 5;

/** By what the provider's directory makes and deactivates users here. */
export function ScimSection({ provider, instanceUrl }: { provider: IdentityProvider; instanceUrl: string }) {
  const t = useText();
  const { data: tokens, error, refetch } = useScimTokens(provider.id);
  const [isAdding, setAdding] = useState(false);
  return (
    <Section
      title={t('providers.scim')}
      description={t('providers.scim_about')}
      actions={
        <Button
          variant="secondary"
          isDisabled={tokens === undefined || tokens.length >= maxTokens}
          onPress={() => setAdding(true)}
        >
          {t('providers.scim_add')}
        </Button>
      }
    >
      <dl className={styles['facts']}>
        <div>
          <dt>{t('providers.scim_url')}</dt>
          <dd>
            <Copyable text={`${instanceUrl.replace(/\/$/, '')}/scim/v2`} what={t('providers.scim_url')} />
          </dd>
        </div>
      </dl>
      {tokens === undefined ? (
        error ? (
          <ErrorView error={error} retry={() => void refetch()} />
        ) : (
          <Loading />
        )
      ) : tokens.length === 0 ? (
        <p className={parts['empty']}>{t('providers.scim_none')}</p>
      ) : (
        <ul className={parts['items']} aria-label={t('providers.scim_tokens')}>
          {tokens.map((token) => (
            <TokenItem key={token.id} providerId={provider.id} token={token} />
          ))}
        </ul>
      )}
      {isAdding && <NewScimTokenDialog provider={provider} onClose={() => setAdding(false)} />}
    </Section>
  );
}

function TokenItem({ providerId, token }: { providerId: string; token: ScimToken }) {
  const t = useText();
  const remove = useDeleteScimToken(providerId);
  const { name } = token;
  const confirm = () =>
    remove.mutate(token.id, {
      onError: showProblem(t),
      onSuccess: () => showDone(t('settings.deleted', { name })),
    });
  return (
    <li>
      <span>
        <strong>{name}</strong>
        <span className={styles['muted']}>
          {t.rich('providers.scim_token_facts', {
            day: <Day key="day" at={token.created_at} />,
            used:
              token.last_used_at === null ? t('providers.never') : <Ago key="used" at={token.last_used_at} />,
          })}
        </span>
      </span>
      <Confirmed
        button={
          <ActionButton
            isQuiet
            isPending={remove.isPending}
            aria-label={t('providers.scim_delete', { name })}
          >
            <DeleteIcon />
            <Text>{t('settings.delete')}</Text>
          </ActionButton>
        }
        title={t('settings.delete_confirm_title', { name })}
        act={t('settings.delete')}
        onConfirm={confirm}
      >
        {t('providers.scim_delete_text')}
      </Confirmed>
    </li>
  );
}
